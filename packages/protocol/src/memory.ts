import { z } from 'zod';
import { emotion } from './emotion.js';
import { limits } from './limits.js';
import { metadata, storedMetadata } from './metadata.js';
import { label, storableText, utf8Bytes } from './text.js';
import { timeZone } from './time-zone.js';

/** One of the five orbits. */
export const zone = z
  .literal([0, 1, 2, 3, 4], { error: 'must be a zone from 0 to 4' })
  .describe('0 core, 1 inner, 2 outer, 3 belt, 4 cloud');
/** How much the caller cares. */
export const importance = z
  .number()
  .min(0)
  .max(1)
  .describe('From 0 to 1; how much the caller cares.');
/** What decides the zone. */
export const score = z.number().describe('Orbit score; decides the zone.');

/** Seconds since the Unix epoch, fractions allowed. Years 1–9999, so that every moment prints as ISO 8601. */
export const epochSeconds = z
  .number()
  .min(-62_135_596_800)
  .max(253_402_300_799)
  .describe('Seconds since the Unix epoch, UTC');

const momentRule = 'must be an ISO 8601 date or date-time with offset, or seconds since the epoch';
const momentWords = 'ISO 8601 date or date-time with offset, or seconds since the Unix epoch';
const toSeconds = (value: string | number): number =>
  typeof value === 'number' ? value : Date.parse(value) / 1000;

/** A moment as ISO 8601 with an offset, or epoch seconds; parsed to epoch seconds. */
export const moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date(), epochSeconds], { error: momentRule })
  .describe(momentWords)
  .transform(toSeconds)
  .pipe(epochSeconds);

/** The same in a query string, where epoch seconds arrive as text. */
export const momentParameter = z
  .union(
    [z.iso.datetime({ offset: true }), z.iso.date(), z.string().regex(/^-?\d{1,12}(\.\d{1,6})?$/)],
    { error: momentRule },
  )
  .describe(momentWords)
  .transform((text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : toSeconds(text)))
  .pipe(epochSeconds);

/** The text of a memory: at most 32 KB as UTF-8. */
export const content = storableText
  .min(1)
  .max(limits.contentBytes)
  .refine((text) => utf8Bytes(text) <= limits.contentBytes, {
    message: `must not be longer than ${limits.contentBytes} bytes of UTF-8`,
  })
  .describe('The text, at most 32 KB as UTF-8');

/** Labels that recall can be narrowed by. */
export const agentId = label.describe('The agent that learned it');
export const sessionId = label.describe('The conversation it belongs to');
const speaker = label.describe('Who said it');
const role = label.describe('As what, for example user or assistant');
const occurredAt = moment.describe(`When it happened, if not now: ${momentWords}`);
const pinned = z.boolean().describe('Marks a memory to keep from drifting outward');

/** `POST /api/v1/store` */
export const StoreRequest = z.strictObject({
  content,
  importance: importance.default(0.5),
  metadata: metadata.default({}),
  agent_id: agentId.optional(),
  session_id: sessionId.optional(),
  speaker: speaker.optional(),
  role: role.optional(),
  occurred_at: occurredAt.optional(),
  pinned: pinned.default(false),
});
export type StoreRequest = z.output<typeof StoreRequest>;

/** How a memory stands to another. */
export const memoryLink = z.strictObject({
  id: z.string().describe('Of the other memory'),
  relation: z
    .enum(['near', 'contradicts'])
    .describe('`near`: it nearly says the same; `contradicts`: it says otherwise about the same'),
  similarity: z.number().min(0).max(1).describe('Of their words, 0 to 1'),
});

/** Where a stored memory went. */
export const StoreResponse = z.strictObject({
  id: z.string(),
  zone,
  score,
  merged: z
    .literal(true)
    .optional()
    .describe(
      'It adds nothing to the memory with this id, or it says more, and was merged into it',
    ),
  echo: z
    .literal(true)
    .optional()
    .describe('That memory was recalled minutes ago: it does not count as stored again'),
  links: z
    .array(memoryLink)
    .optional()
    .describe('Memories that nearly say the same, or that it contradicts; the most alike first'),
});
export type StoreResponse = z.output<typeof StoreResponse>;

/** `POST /api/v1/store/batch`: all are stored, or none. */
export const StoreBatchRequest = z.strictObject({
  memories: z.array(StoreRequest).min(1).max(limits.batchItems),
});
export type StoreBatchRequest = z.output<typeof StoreBatchRequest>;

export const StoreBatchResponse = z.strictObject({ items: z.array(StoreResponse) });
export type StoreBatchResponse = z.output<typeof StoreBatchResponse>;

/** A memory as its owner sees it. */
export const Memory = z.strictObject({
  id: z.string(),
  content: z.string(),
  zone,
  score,
  importance,
  recall_count: z.int().min(0),
  last_recalled_at: epochSeconds.nullable(),
  emotion: emotion.nullable(),
  created_at: epochSeconds,
  updated_at: epochSeconds,
  occurred_at: epochSeconds.nullable(),
  agent_id: z.string().nullable(),
  session_id: z.string().nullable(),
  speaker: z.string().nullable(),
  role: z.string().nullable(),
  pinned: z.boolean(),
  metadata: storedMetadata,
});
export type Memory = z.output<typeof Memory>;

/** Digits become a number; anything else stays text and is refused: `Number` alone would take 0x10 and 1e1. */
export const fromDigits = (value: unknown): unknown =>
  typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;

/** A whole number within bounds. */
export const integer = (from: number, to: number) =>
  z.int({ error: 'must be a whole number' }).min(from).max(to);
/** The default lies within: JSON Schema would not show it outside of a preprocess. */
export const pageLimit = (byDefault: number) =>
  z.preprocess(fromDigits, integer(1, limits.pageItems).default(byDefault));
/** A zone in a query string. */
export const queryZone = z.preprocess(fromDigits, zone);

/** Id of a memory in a path. v1 clients chose their own, so any text will do. */
export const memoryIdParameter = storableText.min(1).max(512);

/** `DELETE /api/v1/forget/{id}` */
export const ForgetResponse = z.strictObject({ removed: z.literal(true) });
export type ForgetResponse = z.output<typeof ForgetResponse>;

/** `GET /api/v1/memories`: highest orbit score first; page by `cursor` (stable) or `offset` (v1). */
export const ListQuery = z
  .strictObject({
    zone: queryZone.optional(),
    limit: pageLimit(50),
    offset: z.preprocess(fromDigits, integer(0, 1_000_000)).optional(),
    cursor: storableText.min(1).max(512).optional(),
  })
  .refine((query) => query.offset === undefined || query.cursor === undefined, {
    message: 'offset and cursor cannot be combined',
  });
export type ListQuery = z.output<typeof ListQuery>;

export const ListResponse = z.strictObject({
  total: z.int().min(0),
  items: z.array(Memory),
  next_cursor: z.string().nullable(),
});
export type ListResponse = z.output<typeof ListResponse>;

/** `PATCH /api/v1/memories/{id}`: what is absent stays; `null` clears. */
export const PatchRequest = z
  .strictObject({
    content: content.optional(),
    importance: importance.optional(),
    metadata: metadata.optional(),
    pinned: pinned.optional(),
    agent_id: agentId.nullable().optional(),
    session_id: sessionId.nullable().optional(),
    speaker: speaker.nullable().optional(),
    role: role.nullable().optional(),
    occurred_at: occurredAt.nullable().optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, { message: 'must change something' });
export type PatchRequest = z.output<typeof PatchRequest>;

/** `GET /api/v1/timeline`: newest first by `occurred_at`, else `created_at`. */
export const TimelineQuery = z
  .strictObject({
    start: momentParameter.optional(),
    end: momentParameter.optional(),
    day: z.iso
      .date()
      .regex(/^(?!0000|9999)/, { error: 'must be of the years 0001 to 9998' })
      .optional()
      .describe('A whole day of `timezone` instead of start and end'),
    timezone: timeZone
      .optional()
      .describe('Adds `local_time` to each entry; its days are those of `day`, UTC when absent'),
    limit: pageLimit(50),
  })
  .refine(({ day, start, end }) => day === undefined || (start ?? end) === undefined, {
    message: 'day cannot be combined with start or end',
  });
export type TimelineQuery = z.output<typeof TimelineQuery>;

export const TimelineEntry = z.strictObject({
  timestamp: epochSeconds,
  memory_id: z.string(),
  content: z.string(),
  zone,
  importance,
  emotion: emotion.nullable(),
  local_time: z
    .string()
    .optional()
    .describe('Date and time in `timezone`, for example `2026-11-24T09:30:00`'),
});
export const TimelineResponse = z.array(TimelineEntry);
export type TimelineResponse = z.output<typeof TimelineResponse>;

const byZone = <Value extends z.ZodType>(value: Value) =>
  z.strictObject({ '0': value, '1': value, '2': value, '3': value, '4': value });

/** `GET /api/v1/stats`: exact, from the tenant's counters. */
export const StatsResponse = z.strictObject({
  total_memories: z.int().min(0),
  zones: byZone(z.int().min(0)),
  capacities: byZone(z.int().nullable()),
});
export type StatsResponse = z.output<typeof StatsResponse>;
