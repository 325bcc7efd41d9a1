import { type Zone, zones } from '@stellar-memory/protocol';
import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** A tenant's exact counters. */
export interface TenantUsage {
  /** Memories by zone; the total is their sum. */
  readonly zones: readonly [number, number, number, number, number];
  /** `null` is unlimited. */
  readonly memoryLimit: number | null;
  /** Agents that have memories. */
  readonly agents: number;
  /** `null` is unlimited. */
  readonly agentLimit: number | null;
  /** Rises by one in every transaction that changes the tenant's memories. */
  readonly version: number;
}

interface UsageRow {
  zone_0: number;
  zone_1: number;
  zone_2: number;
  zone_3: number;
  zone_4: number;
  memory_limit: number | null;
  agents: number;
  agent_limit: number | null;
  version: number;
}

/** The counters and how far the feed is. */
export interface UsageNow extends TenantUsage {
  /** Number of the tenant's last change. */
  readonly head: number;
}

/** Reads the counter row: one row by primary key, whatever the tenant's size. */
export async function selectUsage(tx: TenantTransaction): Promise<UsageNow | undefined> {
  const [row] = await tx.query<UsageRow & { head: number }>(sql`
    select zone_0, zone_1, zone_2, zone_3, zone_4, memory_limit, agents, agent_limit, version,
           coalesce((select head from tenant_sync where user_id = ${tx.userId}), 0) as head
      from tenant_usage where user_id = ${tx.userId}`);
  return row && { ...toUsage(row), head: row.head };
}

const toUsage = (row: UsageRow): TenantUsage => ({
  zones: [row.zone_0, row.zone_1, row.zone_2, row.zone_3, row.zone_4],
  memoryLimit: row.memory_limit,
  agents: row.agents,
  agentLimit: row.agent_limit,
  version: row.version,
});

/** The counters under their lock: nobody else changes the tenant's memories until the transaction ends. */
export interface LockedCounters extends TenantUsage {
  /** The document number that the next memory gets. */
  readonly nextDoc: number;
  /** Whether memories are to be found by what they say. */
  readonly mergesDuplicates: boolean;
}

/** Takes the counter row's lock and reads it. */
export async function lockCounters(tx: TenantTransaction): Promise<LockedCounters> {
  const [row] = await tx.query(sql<UsageRow & { next_doc: number; merges_duplicates: boolean }>`
    select zone_0, zone_1, zone_2, zone_3, zone_4, memory_limit, agents, agent_limit, version, next_doc,
           merges_duplicates
      from tenant_usage where user_id = ${tx.userId} for update`);
  if (row === undefined) throw new Error('the tenant has no counter row');
  return { ...toUsage(row), nextDoc: row.next_doc, mergesDuplicates: row.merges_duplicates };
}

/** Adds up the memories of every zone. */
export const totalMemories = (usage: TenantUsage): number =>
  usage.zones.reduce((sum, count) => sum + count, 0);

/** Takes the counter row's lock, which every writer of the tenant takes first. */
export async function lockUsage(tx: TenantTransaction): Promise<void> {
  await tx.query(sql`select version from tenant_usage where user_id = ${tx.userId} for update`);
}

/** What a transaction changes about a tenant besides adding memories. */
export interface UsageChange {
  /** The zone a memory leaves, if one does. */
  readonly leaves?: Zone;
  /** The zone a memory enters, if one does. */
  readonly enters?: Zone;
  /** Document numbers to take. */
  readonly documents: number;
}

const count = (zone: Zone, change: UsageChange): number =>
  (change.enters === zone ? 1 : 0) - (change.leaves === zone ? 1 : 0);

/** Applies the change to the counter row, which serialises the tenant's writers; answers the first document number taken. */
export const changeUsage = (tx: TenantTransaction, change: UsageChange): Promise<number> =>
  moveCounters(
    tx,
    zones.map((zone) => count(zone, change)),
    change.documents,
  );

/** The same for many memories: what is added to each zone, and how many document numbers are taken. */
export async function moveCounters(
  tx: TenantTransaction,
  [core, inner, outer, belt, cloud]: readonly number[],
  documents: number,
): Promise<number> {
  const [row] = await tx.query<{ first_doc: number }>(sql`
    update tenant_usage
       set version = version + 1,
           next_doc = next_doc + ${documents},
           zone_0 = zone_0 + ${core ?? 0},
           zone_1 = zone_1 + ${inner ?? 0},
           zone_2 = zone_2 + ${outer ?? 0},
           zone_3 = zone_3 + ${belt ?? 0},
           zone_4 = zone_4 + ${cloud ?? 0}
     where user_id = ${tx.userId}
     returning next_doc - ${documents} as first_doc`);
  if (row === undefined) throw new Error('the tenant has no counter row');
  return row.first_doc;
}
