import { tierLimits } from '@stellar-memory/protocol';
import type { UserId } from '../domain/ids.js';
import { lockUsage } from '../storage/statements/tenant-usage.js';
import {
  type Counts,
  noteVerified,
  recount,
  selectCounts,
  writeCounts,
} from '../storage/statements/usage-counts.js';
import type { TenantDoor, TenantTransaction } from '../storage/tenant-door.js';

/** Milliseconds a recount may take: half a million rows are read. */
const timeoutMs = 60_000;

/** How far a tenant's counters were from its memories. */
export interface UsageDrift {
  readonly userId: UserId;
  readonly kept: Counts;
  readonly counted: Counts;
}

/**
 * Holds a tenant's counters and limits against its memories and its tier, and repairs what differs.
 * Looks first without any lock, in one snapshot; only when something differs it counts again under the tenant's lock,
 * for which his stores then wait.
 */
export async function verifyUsage(
  tenants: TenantDoor,
  userId: UserId,
): Promise<UsageDrift | undefined> {
  const seen = await tenants.withTenant(userId, compare, { readOnly: true, timeoutMs });
  const drift = await tenants.withTenant(
    userId,
    async (tx) => {
      const found = seen === undefined ? undefined : await repair(tx);
      await noteVerified(tx);
      return found;
    },
    { timeoutMs },
  );
  return drift === undefined ? undefined : { userId, ...drift };
}

type Difference = Omit<UsageDrift, 'userId'>;

async function compare(tx: TenantTransaction): Promise<Difference | undefined> {
  const [{ tier, ...kept }, { zones, agents }] = await Promise.all([selectCounts(tx), recount(tx)]);
  const { memories: memoryLimit, agents: agentLimit } = tierLimits[tier];
  const counted = { zones, agents, agentCount: agents.length, memoryLimit, agentLimit };
  return isSame(kept, counted) ? undefined : { kept, counted };
}

async function repair(tx: TenantTransaction): Promise<Difference | undefined> {
  await lockUsage(tx);
  const difference = await compare(tx);
  if (difference !== undefined) await writeCounts(tx, difference.counted);
  return difference;
}

const isSame = (a: Counts, b: Counts): boolean =>
  JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b));

const inOrder = ({ zones, agents, agentCount, memoryLimit, agentLimit }: Counts): unknown[] => [
  zones,
  agents,
  agentCount,
  memoryLimit,
  agentLimit,
];
