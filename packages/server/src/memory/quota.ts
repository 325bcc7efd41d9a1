import { tierLimits } from '@stellar-memory/protocol';
import { growthRefused } from '../domain/growth-refused.js';
import type { UserId } from '../domain/ids.js';
import type { StellarError } from '../domain/stellar-error.js';
import type { GrowthUsage } from '../storage/statements/store-memories.js';
import { hasLapsed } from '../storage/statements/subscriptions.js';
import { totalMemories, type UsageNow } from '../storage/statements/tenant-usage.js';
import type { TenantTransaction } from '../storage/tenant-door.js';
import type { MemoryDependencies } from './dependencies.js';

/** How much of a limit is in use; `null` is unlimited. */
export interface Usage {
  readonly used: number;
  readonly limit: number | null;
}

/** What stores make grow, from the counter row. */
export const growthOf = (usage: UsageNow): GrowthUsage => ({
  memories: { used: totalMemories(usage), limit: usage.memoryLimit },
  agents: { used: usage.agents, limit: usage.agentLimit },
  seq: usage.head,
});

/** The refusal of what does not fit: says how much there is, and where more is to be had. */
export async function growthRefusal(
  tx: TenantTransaction,
  what: 'memories' | 'agents',
  usage: Usage,
  upgrade: { readonly upgradeUrl?: string },
): Promise<StellarError> {
  // Whose payment lapsed has the limits of free: nobody else is worth a question.
  const mayHaveLapsed = usage.limit === tierLimits.free[what];
  return fullTier(what, usage, upgrade, mayHaveLapsed && (await hasLapsed(tx)));
}

/** The same where it is known whether the payment lapsed. */
export function fullTier(
  what: 'memories' | 'agents',
  { used, limit }: Usage,
  { upgradeUrl }: { readonly upgradeUrl?: string },
  lapsed: boolean,
): StellarError {
  if (limit === null) throw new Error(`a tenant without limit of ${what} was refused`);
  const detail = `This account holds ${used} of ${limit} ${what}.`;
  return growthRefused({ detail, limit, used, upgradeUrl }, lapsed);
}

/** The same for who has no transaction any more. */
export async function refuseGrowth(
  dependencies: Pick<MemoryDependencies, 'tenants' | 'upgradeUrl'>,
  userId: UserId,
  what: 'memories' | 'agents',
  usage: Usage,
): Promise<never> {
  throw await dependencies.tenants.withTenant(
    userId,
    (tx) => growthRefusal(tx, what, usage, dependencies),
    { readOnly: true },
  );
}
