import { z } from 'zod';
import { limits } from './limits.js';
import { agentId, fromDigits, integer, Memory, memoryIdParameter, pageLimit } from './memory.js';
import { storableText } from './text.js';

const weight = z.number().min(0).max(1).describe('How alike, 0 to 1');
const tie = z.strictObject({ from: z.string(), to: z.string(), weight });
const decimal = (value: unknown): unknown =>
  typeof value === 'string' && /^[01](\.\d{1,6})?$/.test(value) ? Number(value) : value;
const leastWeight = z
  .preprocess(decimal, z.number({ error: 'must be a number from 0 to 1' }).min(0.05).max(1))
  .describe('Ties of memories that are less alike are left out; 0.2 when absent');

/** `GET /api/v1/memories/{id}/related` */
export const RelatedQuery = z.strictObject({
  limit: pageLimit(10),
  depth: z
    .preprocess(fromDigits, integer(1, 3).default(1))
    .describe('How many ties away a memory may be'),
  min_weight: leastWeight.optional(),
});
export type RelatedQuery = z.output<typeof RelatedQuery>;

/** A memory near another. */
export const RelatedMemory = Memory.extend({
  hops: z.int().min(1).describe('Ties between it and the one that was asked about'),
  weight: weight.describe('Of the strongest tie that leads to it on a shortest way'),
});
export type RelatedMemory = z.output<typeof RelatedMemory>;

export const RelatedResponse = z.strictObject({
  items: z.array(RelatedMemory),
  ties: z.array(tie).describe('Between the items, and with the memory that was asked about'),
});
export type RelatedResponse = z.output<typeof RelatedResponse>;

/** `GET /api/v1/memories/{id}/path` */
export const PathQuery = z.strictObject({
  to: memoryIdParameter.describe('Id of the other memory'),
  max_hops: z.preprocess(fromDigits, integer(1, 5).default(4)),
  min_weight: leastWeight.optional(),
});
export type PathQuery = z.output<typeof PathQuery>;

/** A shortest way from one memory to another. */
export const PathResponse = z.strictObject({
  hops: z.int().min(0).nullable().describe('`null` when no way so short was found'),
  items: z.array(Memory).describe('The memories on it, both ends included'),
});
export type PathResponse = z.output<typeof PathResponse>;

/** `GET /api/v1/graph` */
export const GraphQuery = z.strictObject({
  topic: storableText.min(1).max(limits.queryCharacters).describe('What the memories are about'),
  limit: pageLimit(30),
  min_weight: leastWeight.optional(),
  agent_id: agentId.optional(),
});
export type GraphQuery = z.output<typeof GraphQuery>;

/** Memories about a topic and what ties them together. */
export const GraphResponse = z.strictObject({
  nodes: z.array(
    Memory.extend({
      degree: z.int().min(0).describe('Its ties'),
      centrality: z.number().min(0).max(1).describe('Its ties as a share of the most tied'),
      community: z.int().min(0).nullable().describe('Number of its group, from 0 for the largest'),
    }),
  ),
  ties: z.array(tie),
  communities: z.array(z.array(z.string())).describe('Ids that ties hold together, largest first'),
  average_degree: z.number(),
  density: z.number().describe('Ties of those there could be between tied memories'),
});
export type GraphResponse = z.output<typeof GraphResponse>;
