import { z } from 'zod';
import { contentType } from './content-type.js';
import { epochSeconds, Memory, memoryLink, zone } from './memory.js';

const term = (about: string) => z.number().describe(about);

/** The orbit score as it is now, and its terms. */
export const orbitScore = z.strictObject({
  score: term('The sum of the five'),
  recall: term('For how often it was recalled'),
  freshness: term('For how recently'),
  importance: term('For the importance that it was stored with'),
  context: term('For likeness to the current context'),
  emotion: term('For the strength of its emotion'),
});

/** Where a memory is on its way outward. */
export const MemoryOrbit = orbitScore.extend({
  fades_at: epochSeconds
    .nullable()
    .describe('When it leaves its zone if nobody needs it until then; `null` when it stays'),
  fades_to: zone.nullable().describe('The zone it goes to then'),
});
export type MemoryOrbit = z.output<typeof MemoryOrbit>;

/** `GET /api/v1/memories/{id}` */
export const MemoryInOrbit = Memory.extend({
  orbit: MemoryOrbit,
  content_type: contentType,
  links: z
    .array(memoryLink)
    .describe('What it nearly says the same as, or contradicts, as noticed when they were stored'),
});
export type MemoryInOrbit = z.output<typeof MemoryInOrbit>;

/** `POST /api/v1/reorbit` */
export const ReorbitResponse = z.strictObject({
  moved: z.int().min(0).describe('Memories that changed their zone'),
  complete: z.boolean().describe('False when there is more to move: call again, or let it happen'),
});
export type ReorbitResponse = z.output<typeof ReorbitResponse>;
