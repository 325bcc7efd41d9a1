import { z } from 'zod';
import { limits } from './limits.js';
import { epochSeconds, fromDigits, integer, Memory, pageLimit } from './memory.js';
import { storableText } from './text.js';

/** Where a reader of the feed is: opaque, given by the server. */
export const syncCursor = storableText
  .min(1)
  .max(4_096)
  .describe('Where to go on: the cursor of the answer before. Absent: begin with a snapshot');

/** What a change did to one memory. */
export const ChangeOp = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('put'), memory: Memory }),
  z.strictObject({ op: z.literal('forget'), id: z.string() }),
]);
export type ChangeOp = z.output<typeof ChangeOp>;

/** One transaction that changed the tenant's memories. */
export const ChangeEvent = z.strictObject({
  from: z.int().min(0).describe('Number of the change before: what a reader must be at'),
  to: z.int().min(1).describe('Number of this change'),
  cursor: z.string().describe('Where to go on after it'),
  at: epochSeconds,
  ops: z
    .array(ChangeOp)
    .describe('Memories as they are now; empty when all of them were forgotten since'),
  mut: z.string().optional().describe('Id of the mutation that made it, when it was one alone'),
  by: z
    .array(z.string())
    .optional()
    .describe('Agents that made it, 10 at most, as far as they said who they are'),
});
export type ChangeEvent = z.output<typeof ChangeEvent>;

/** `GET /api/v1/changes` */
export const ChangesQuery = z.strictObject({
  cursor: syncCursor.optional(),
  wait: z
    .preprocess(fromDigits, integer(0, limits.waitSeconds).default(0))
    .describe('Seconds to wait for a change when there is none'),
  limit: pageLimit(100),
});
export type ChangesQuery = z.output<typeof ChangesQuery>;

/** A page of the feed. */
export const ChangesResponse = z.strictObject({
  mode: z
    .enum(['delta', 'snapshot', 'reset'])
    .describe(
      'delta: apply the events. snapshot: keep the memories. reset: drop what you have first',
    ),
  cursor: z.string(),
  head: z.int().min(0).describe("Number of the tenant's last change"),
  events: z.array(ChangeEvent),
  memories: z.array(Memory),
  more: z.boolean().describe('Whether to ask again at once'),
});
export type ChangesResponse = z.output<typeof ChangesResponse>;

/** `GET /api/v1/events` */
export const EventsQuery = z.strictObject({
  cursor: syncCursor.optional(),
  follow: z
    .enum(['true', 'false'])
    .default('true')
    .transform((text) => text === 'true')
    .describe('false: end when there is nothing more to be had'),
});
export type EventsQuery = z.output<typeof EventsQuery>;
