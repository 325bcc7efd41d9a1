import { z } from 'zod';
import { errorCodes } from './errors.js';
import { limits } from './limits.js';
import { agentId, epochSeconds, memoryIdParameter, PatchRequest, StoreRequest } from './memory.js';

/** Name of a mutation, made by the client, unique within the account. A repeated one is answered, not repeated. */
export const mutationId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/, { error: 'must be 8 to 64 letters, digits, _ or -' })
  .describe('Made by the client, best a UUID; sent again, it is answered as before');

/** A hybrid logical clock as text: milliseconds since the Unix epoch, a point, a counter. */
export const hybridTime = z
  .string()
  .regex(/^\d{1,15}\.\d{1,5}$/, { error: 'must be milliseconds, a point and a counter' })
  .describe('Hybrid logical clock: milliseconds since the Unix epoch, a point, a counter');

const clientMadeId = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, {
    error: 'must be a lower-case UUID',
  })
  .describe('Made by the client, so that later mutations can name it; absent: the server makes it');

/** What a mutation does to one memory. */
export const MutationOp = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('store'),
    id: clientMadeId.optional(),
    memory: StoreRequest,
  }),
  z.strictObject({ op: z.literal('edit'), id: memoryIdParameter, set: PatchRequest }),
  z.strictObject({ op: z.literal('forget'), id: memoryIdParameter }),
  z.strictObject({
    op: z.literal('recalled'),
    id: memoryIdParameter,
    times: z.int().min(1).max(limits.recallsAnOp).default(1),
    at: epochSeconds.optional().describe('When last; absent: now'),
  }),
]);
export type MutationOp = z.output<typeof MutationOp>;

/** What happened at one moment on one replica. Its operations are applied in their order, each by itself. */
export const Mutation = z.strictObject({
  mid: mutationId,
  hlc: hybridTime,
  agent: agentId.optional().describe('Who made it; decides between equal times'),
  ops: z.array(MutationOp).min(1).max(limits.mutationOps),
});
export type Mutation = z.output<typeof Mutation>;

/** `POST /api/v1/mutations` */
export const MutationsRequest = z.strictObject({
  mutations: z.array(Mutation).min(1).max(limits.mutations),
});
export type MutationsRequest = z.output<typeof MutationsRequest>;

/** Fields that are merged one by one: of each the later edit stays. */
export const memoryFields = [
  'content',
  'importance',
  'metadata',
  'pinned',
  'agent_id',
  'session_id',
  'speaker',
  'role',
  'occurred_at',
] as const satisfies readonly (keyof PatchRequest)[];
export type MemoryField = (typeof memoryFields)[number];

/** What became of one operation. */
export const MutationResult = z.strictObject({
  result: z
    .enum(['applied', 'merged', 'dup', 'lost', 'gone', 'rejected'])
    .describe(
      'merged: some fields were edited later elsewhere and stay. lost: all of them. dup: had happened before. gone: the memory was forgotten',
    ),
  id: z.string().optional().describe('The memory'),
  lost: z.array(z.enum(memoryFields)).optional().describe('Fields whose edit did not stay'),
  error: z
    .strictObject({
      code: z.enum(Object.keys(errorCodes) as [keyof typeof errorCodes]),
      detail: z.string(),
      limit: z.int().optional(),
      used: z.int().optional(),
    })
    .optional()
    .describe('Why it was rejected'),
});
export type MutationResult = z.output<typeof MutationResult>;

/** The answer to a mutation: it is committed. */
export const MutationAck = z.strictObject({
  mid: mutationId,
  seq: z.int().min(0).describe('The change that made it visible: a reader who is there has it'),
  results: z.array(MutationResult).describe('One for each operation'),
});
export type MutationAck = z.output<typeof MutationAck>;

/** Answers in the order sent. */
export const MutationsResponse = z.strictObject({
  hlc: hybridTime.describe("The server's clock: a client whose own is behind goes on from here"),
  acks: z.array(MutationAck),
});
export type MutationsResponse = z.output<typeof MutationsResponse>;
