import { StellarError } from '../domain/stellar-error.js';
import type { GrowthUsage } from '../storage/statements/memories.js';
import { type TenantUsage, totalMemories } from '../storage/statements/tenant-usage.js';

/** How much of a limit is in use; `null` is unlimited. */
export interface Usage {
  readonly used: number;
  readonly limit: number | null;
}

/** What stores make grow, from the counter row. */
export const growthOf = (usage: TenantUsage): GrowthUsage => ({
  memories: { used: totalMemories(usage), limit: usage.memoryLimit },
  agents: { used: usage.agents, limit: usage.agentLimit },
});

/** The refusal of what does not fit: says how much there is, and where more is to be had. */
export function quotaExceeded(
  what: 'memories' | 'agents',
  { used, limit }: Usage,
  { upgradeUrl }: { readonly upgradeUrl?: string },
): StellarError {
  if (limit === null) throw new Error(`a tenant without limit of ${what} was refused`);
  return new StellarError('quota_exceeded', {
    detail: `This account holds ${used} of ${limit} ${what}.`,
    limit,
    used,
    ...(upgradeUrl === undefined ? {} : { upgrade_url: upgradeUrl }),
  });
}
