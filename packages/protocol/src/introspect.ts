import { z } from 'zod';
import { contentType } from './content-type.js';
import { emotion } from './emotion.js';
import { limits } from './limits.js';
import { agentId, content, pageLimit } from './memory.js';
import { RecalledMemory } from './recall.js';
import { storableText } from './text.js';

const share = z.number().min(0).max(1);
const words = storableText.min(1).max(limits.queryCharacters);

/** `GET /api/v1/introspect` */
export const IntrospectQuery = z.strictObject({
  topic: words.describe('What to look into, in any words'),
  agent_id: agentId.optional(),
});
export type IntrospectQuery = z.output<typeof IntrospectQuery>;

/** What is known about a topic, and what is not. */
export const IntrospectResponse = z.strictObject({
  topic: z.string(),
  confidence: share.describe('0.3 for how many memories, 0.3 how fresh, 0.4 how many words'),
  coverage: z.array(z.string()).describe('Words of the memories, the most frequent first'),
  gaps: z.array(z.string()).describe('Words of the topic that no memory has'),
  memory_count: z.int().min(0).describe('Memories looked at, the best 50 for the topic'),
  avg_freshness: share.describe('1 for just recalled or stored, 0 after 30 days'),
  zone_distribution: z.record(z.string(), z.int().min(1)).describe('Memories by zone'),
});
export type IntrospectResponse = z.output<typeof IntrospectResponse>;

/** `GET /api/v1/recall/confident` */
export const ConfidentQuery = z.strictObject({
  query: words.describe('What to recall, in any words'),
  limit: pageLimit(5),
  agent_id: agentId.optional(),
});
export type ConfidentQuery = z.output<typeof ConfidentQuery>;

/** A recall and how far it can be trusted. */
export const ConfidentResponse = z.strictObject({
  memories: z.array(RecalledMemory),
  confidence: share.describe('0.3 for how many, 0.4 how near to the core, 0.3 orbit scores'),
  warning: z.string().nullable().describe('When there is reason for doubt'),
});
export type ConfidentResponse = z.output<typeof ConfidentResponse>;

/** `POST /api/v1/evaluate` */
export const EvaluateRequest = z.strictObject({ content });
export type EvaluateRequest = z.output<typeof EvaluateRequest>;

/** What a text would be taken for; nothing is stored. */
export const EvaluateResponse = z.strictObject({
  importance: share.describe('0.3 factual, 0.2 emotional, 0.3 actionable, 0.2 explicit'),
  factual: share,
  emotional: share,
  actionable: share,
  explicit: share,
  content_type: contentType,
  language: z.string().nullable().describe('Of code, where it can be told'),
  emotion: emotion.nullable(),
  emotions: z.strictObject({
    joy: share,
    sadness: share,
    anger: share,
    fear: share,
    surprise: share,
    disgust: share,
  }),
});
export type EvaluateResponse = z.output<typeof EvaluateResponse>;
