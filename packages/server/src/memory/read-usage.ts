import { tierLimits, type UsageResponse } from '@stellar-memory/protocol';
import type { UserId } from '../domain/ids.js';
import { countUsableKeys } from '../storage/statements/api-keys.js';
import { selectUsage, totalMemories } from '../storage/statements/tenant-usage.js';
import { selectWarnings } from '../storage/statements/usage-warnings.js';
import { findTier } from '../storage/statements/users.js';
import type { TenantDoor } from '../storage/tenant-door.js';
import type { Usage } from './quota.js';

/** What a user has in use, and what his tier allows. */
export interface UsageService {
  read(userId: UserId): Promise<UsageResponse>;
}

/** Reads it from the counters, in one round trip and one snapshot. */
export const createUsageService = (
  tenants: TenantDoor,
  upgradeUrl: string | undefined,
): UsageService => ({
  async read(userId) {
    const [usage, tier, keys, warnings] = await tenants.withTenant(
      userId,
      (tx) => Promise.all([selectUsage(tx), findTier(tx), countUsableKeys(tx), selectWarnings(tx)]),
      { readOnly: true },
    );
    if (usage === undefined || tier === undefined) throw new Error('the tenant has no counter row');
    const { apiKeys, requestsPerMinute } = tierLimits[tier];
    return {
      tier,
      memories: withPercent({ used: totalMemories(usage), limit: usage.memoryLimit }),
      agents: withPercent({ used: usage.agents, limit: usage.agentLimit }),
      api_keys: withPercent({ used: keys, limit: apiKeys }),
      requests_per_minute: requestsPerMinute,
      warnings: warnings.map(({ warnedAt, ...warning }) => ({
        ...warning,
        warned_at: warnedAt.toISOString(),
      })),
      ...(upgradeUrl === undefined ? {} : { upgrade_url: upgradeUrl }),
    };
  },
});

/** Rounded down: 100 % is said when nothing is left, not before. */
const withPercent = ({ used, limit }: Usage): Usage & { percent: number | null } => ({
  used,
  limit,
  percent: limit === null ? null : Math.floor((used * 1_000) / limit) / 10,
});
