import { z } from 'zod';
import { limits } from './limits.js';
import { agentId, integer, moment, sessionId } from './memory.js';
import { storableText } from './text.js';
import { timeZone } from './time-zone.js';

/** `POST /api/v1/narrate` */
export const NarrateRequest = z.strictObject({
  topic: storableText
    .min(1)
    .max(limits.queryCharacters)
    .describe('What to tell about, in any words'),
  limit: integer(1, limits.narratedMemories).default(10).describe('Memories to tell from at most'),
  since: moment.optional(),
  until: moment.optional(),
  agent_id: agentId.optional(),
  session_id: sessionId.optional(),
  timezone: timeZone.default('UTC').describe('Whose days the narrative counts by'),
});
export type NarrateRequest = z.output<typeof NarrateRequest>;

export const NarrateResponse = z.strictObject({
  narrative: z.string().describe('Empty when nothing is known about the topic'),
  memories: z.array(z.string()).describe('Ids of the memories it is told from, oldest first'),
  written_by: z
    .enum(['rules', 'model'])
    .describe('`rules`: the memories by day, word for word; `model`: prose by a language model'),
});
export type NarrateResponse = z.output<typeof NarrateResponse>;
