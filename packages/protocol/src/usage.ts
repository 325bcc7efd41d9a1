import { z } from 'zod';
import { soldTiers } from './tiers.js';

/** What can run out. */
export const resources = ['memories', 'agents', 'api_keys'] as const;

const usageOf = z.strictObject({
  used: z.int().min(0),
  limit: z.int().nullable().describe('`null` is unlimited'),
  percent: z.number().nullable().describe('Of the limit, rounded down to a tenth'),
});

/** `GET /auth/usage` */
export const UsageResponse = z.strictObject({
  tier: z.enum([...soldTiers, 'local']),
  memories: usageOf,
  agents: usageOf.describe('Distinct agent_id of the memories; those without one count as none'),
  api_keys: usageOf,
  requests_per_minute: z.int().nullable().describe('`null` is unlimited'),
  warnings: z
    .array(
      z.strictObject({
        resource: z.enum(resources),
        percent: z.int(),
        limit: z.int(),
        warned_at: z.iso.datetime(),
      }),
    )
    .describe('Given at 80, 95 and 100 % of each limit, once; newest first'),
  upgrade_url: z.string().optional(),
});
export type UsageResponse = z.output<typeof UsageResponse>;
