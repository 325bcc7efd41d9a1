import { z } from 'zod';
import { emotion } from './emotion.js';
import { limits } from './limits.js';
import {
  agentId,
  fromDigits,
  integer,
  Memory,
  moment,
  momentParameter,
  pageLimit,
  queryZone,
  score,
  sessionId,
  zone,
} from './memory.js';
import { metadataProblem } from './metadata.js';
import { orbitScore } from './orbit.js';
import { storableText } from './text.js';

const q = storableText.min(1).max(limits.queryCharacters).describe('What to recall, in any words');

const filterWords = `at most ${limits.filterKeys} top-level keys and the text, number, boolean or null that each must equal`;
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: 'must be text, a number, a boolean or null',
});

/** What the metadata of a memory must hold: each key with exactly this value. */
const metadataFilter = z
  .record(z.string(), scalar)
  .superRefine((value, context) => {
    const tooMany = Object.keys(value).length > limits.filterKeys;
    const message = tooMany
      ? `must not have more than ${limits.filterKeys} keys`
      : metadataProblem(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .describe(`Only memories whose metadata holds this: ${filterWords}`);

/** The same in a query string, as the text of a JSON object. */
const metadataParameter = z
  .string()
  .max(limits.filterCharacters)
  .transform(parsedJson)
  .pipe(metadataFilter)
  .describe(
    `Only memories whose metadata holds this; a JSON object such as {"topic":"tea"}: ${filterWords}`,
  );

function parsedJson(text: string, context: z.RefinementCtx): unknown {
  const parsed = jsonOf(text);
  // Here too, because a record leaves out the key __proto__ before it is checked.
  const problem = parsed === undefined ? 'must be a JSON object' : metadataProblem(parsed.value);
  if (problem === undefined) return parsed?.value;
  context.addIssue({ code: 'custom', message: problem });
  return z.NEVER;
}

function jsonOf(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

const decimal = (value: unknown): unknown =>
  typeof value === 'string' && /^\d{1,9}(\.\d{1,9})?$/.test(value) ? Number(value) : value;
const minScore = z
  .number({ error: 'must be a number without sign or exponent' })
  .min(0)
  .max(999_999_999)
  .describe('Only memories whose relevance is at least this; compare with `score` of an answer');
const explainWords = 'Says of each memory how its score and its zone came about';
const explainParameter = z
  .preprocess(
    (value) => (value === 'true' ? true : value === 'false' ? false : value),
    z.boolean({ error: 'must be true or false' }),
  )
  .describe(explainWords);
const preferSession = sessionId.describe(
  'A conversation whose memories go before others when there is not room for all; the order stays that of relevance. Not with `cursor`',
);
const cursor = storableText.min(1).max(512).describe('X-Next-Cursor of the page before');

/** What narrows any recall in a query string. */
const parameters = {
  q,
  emotion: emotion.optional(),
  zone: queryZone.optional(),
  since: momentParameter.optional(),
  until: momentParameter.optional(),
  agent_id: agentId.optional(),
  session_id: sessionId.optional(),
  prefer_session: preferSession.optional(),
  metadata: metadataParameter.optional(),
  min_score: z.preprocess(decimal, minScore).optional(),
};

/** `GET /api/v1/recall` */
export const RecallQuery = z
  .strictObject({
    ...parameters,
    limit: pageLimit(5),
    cursor: cursor.optional(),
    explain: explainParameter.optional(),
  })
  .refine((query) => query.cursor === undefined || query.prefer_session === undefined, {
    message: 'cursor and prefer_session cannot be combined',
  });
export type RecallQuery = z.output<typeof RecallQuery>;

/** How a memory came to its place in an answer and to its zone. */
export const RecallExplanation = z.strictObject({
  terms: z
    .array(
      z.strictObject({
        term: z.string(),
        occurrences: z.int().min(0).describe('How often this memory has it'),
        memories: z.int().min(0).describe('How many of your memories have it'),
      }),
    )
    .describe('Terms of the query, after text analysis, that this memory has'),
  parts: z
    .record(z.string(), z.number())
    .describe('What each part of the ranking gave; names may change from version to version'),
  orbit: orbitScore.describe(
    'The orbit score as it would be now; orbit_score is what the zone was decided by',
  ),
  zone_reason: z.string().describe('Why it is in its zone, in a sentence'),
});
export type RecallExplanation = z.output<typeof RecallExplanation>;

/** A recalled memory; `score` is what it was ranked by, `orbit_score` what decides its zone. */
export const RecalledMemory = Memory.extend({
  score: z.number().describe('Relevance to the query; results come highest first.'),
  orbit_score: score,
  explain: RecallExplanation.optional(),
});
export type RecalledMemory = z.output<typeof RecalledMemory>;

export const RecallResponse = z.array(RecalledMemory);
export type RecallResponse = z.output<typeof RecallResponse>;

/** One query of a batch: what `GET /api/v1/recall` takes but the cursor, as JSON. */
export const RecallBatchQuery = z.strictObject({
  q,
  limit: integer(1, limits.pageItems).default(5),
  emotion: emotion.optional(),
  zone: zone.optional(),
  since: moment.optional(),
  until: moment.optional(),
  agent_id: agentId.optional(),
  session_id: sessionId.optional(),
  prefer_session: preferSession.optional(),
  metadata: metadataFilter.optional(),
  min_score: minScore.optional(),
  explain: z.boolean().describe(explainWords).optional(),
});
export type RecallBatchQuery = z.output<typeof RecallBatchQuery>;

/** `POST /api/v1/recall/batch` */
export const RecallBatchRequest = z.strictObject({
  queries: z.array(RecallBatchQuery).min(1).max(limits.batchQueries),
});
export type RecallBatchRequest = z.output<typeof RecallBatchRequest>;

export const RecallBatchResponse = z.strictObject({ results: z.array(RecallResponse) });
export type RecallBatchResponse = z.output<typeof RecallBatchResponse>;

/** `GET /api/v1/recall/context` */
export const RecallContextQuery = z.strictObject({
  ...parameters,
  limit: pageLimit(50),
  max_tokens: z
    .preprocess(fromDigits, integer(1, limits.contextTokens).default(1_000))
    .describe(
      'Tokens of the text at most, by an estimate: an unaccented Latin letter or blank is a quarter, an accented one, a digit or a sign of ASCII a half, a Hangul or CJK character 1, an emoji 2',
    ),
});
export type RecallContextQuery = z.output<typeof RecallContextQuery>;

/** A text block to put before a model. */
export const RecallContextResponse = z.strictObject({
  text: z.string().describe('One memory a line, oldest first, its date and speaker in front'),
  tokens: z.int().min(0).describe('Estimate for the text, never above max_tokens'),
  memories: z.array(z.string()).describe('Ids of the memories, one for each line'),
});
export type RecallContextResponse = z.output<typeof RecallContextResponse>;
