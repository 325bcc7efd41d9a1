import { z } from 'zod';
import { agentId, epochSeconds, pageLimit, sessionId } from './memory.js';
import { storableText } from './text.js';

/** `POST /api/v1/sessions` */
export const StartSessionRequest = z.strictObject({
  session_id: sessionId
    .optional()
    .describe('Your own name for the conversation; made up when absent'),
  agent_id: agentId.optional(),
});
export type StartSessionRequest = z.output<typeof StartSessionRequest>;

/** `POST /api/v1/sessions/{id}/end` */
export const EndSessionRequest = z.strictObject({
  summarize: z
    .boolean()
    .default(true)
    .describe('Stores the summary as a memory of the conversation, unless the store is full'),
});
export type EndSessionRequest = z.output<typeof EndSessionRequest>;

/** Name of a conversation in a path. */
export const sessionIdParameter = sessionId;

/** A conversation: what was stored with its `session_id` from its start to its end. */
export const MemorySession = z.strictObject({
  session_id: z.string(),
  agent_id: z.string().nullable(),
  started_at: epochSeconds,
  ended_at: epochSeconds.nullable().describe('`null` while it goes on'),
  memories: z
    .int()
    .min(0)
    .nullable()
    .describe('Stored during it; `null` in a list while it goes on'),
  summary: z.string().nullable().describe('Its most important memories, shortened'),
  summary_memory_id: z.string().nullable(),
});
export type MemorySession = z.output<typeof MemorySession>;

/** `GET /api/v1/sessions`: the newest first. */
export const MemorySessionQuery = z.strictObject({
  limit: pageLimit(50),
  cursor: storableText.min(1).max(512).optional(),
  agent_id: agentId.optional(),
});
export type MemorySessionQuery = z.output<typeof MemorySessionQuery>;

export const MemorySessionList = z.strictObject({
  items: z.array(MemorySession),
  next_cursor: z.string().nullable(),
});
export type MemorySessionList = z.output<typeof MemorySessionList>;

/** `GET /api/v1/agents`: in the order of their names. */
export const AgentQuery = z.strictObject({
  limit: pageLimit(100),
  cursor: storableText.min(1).max(512).optional(),
});
export type AgentQuery = z.output<typeof AgentQuery>;

/** Agents that have memories. */
export const AgentList = z.strictObject({
  items: z.array(z.strictObject({ agent_id: z.string(), memories: z.int().min(1) })),
  next_cursor: z.string().nullable(),
});
export type AgentList = z.output<typeof AgentList>;
