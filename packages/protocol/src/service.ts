import { z } from 'zod';

/** `GET /api/v1/health`: open to all, so it tells no counts. */
export const HealthResponse = z.strictObject({
  healthy: z.boolean(),
  warnings: z.array(z.string()).describe('What is wrong, in words; empty when healthy'),
});
export type HealthResponse = z.output<typeof HealthResponse>;

/** `GET /livez`: the process answers. Never asks the database. */
export const LivezResponse = z.strictObject({ alive: z.literal(true) });
export type LivezResponse = z.output<typeof LivezResponse>;

/** `GET /readyz`: the database answers in time and has the schema that this version needs. */
export const ReadyzResponse = z.strictObject({ ready: z.literal(true) });
export type ReadyzResponse = z.output<typeof ReadyzResponse>;
