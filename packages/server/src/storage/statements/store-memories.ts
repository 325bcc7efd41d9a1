import { type Zone, zones } from '@stellar-memory/protocol';
import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';
import type { NewMemory } from './memories.js';
import { insertIdentities } from './memory-identities.js';
import { capacities, firstDue, newLeavesAt, orbit } from './orbits.js';

/** A memory as `store_counted` (migration 031) takes it. */
const toItem = (memory: NewMemory): object => ({
  id: memory.id,
  content: memory.content,
  metadata: memory.metadata,
  importance: memory.importance,
  zone: memory.zone,
  score: memory.score,
  created_at: memory.createdAt,
  occurred_at: memory.occurredAt,
  agent_id: memory.agentId,
  session_id: memory.sessionId,
  speaker: memory.speaker,
  role: memory.role,
  pinned: memory.pinned,
  leaves_at: newLeavesAt(memory),
});

const countByZone = (memories: readonly NewMemory[]): number[] =>
  zones.map((zone) => memories.filter((memory) => memory.zone === zone).length);

const latest = (memories: readonly NewMemory[]): number =>
  Math.max(...memories.map(({ createdAt }) => createdAt));

/** What a store took, and what is in use after it. */
export interface StoreOutcome {
  /** The first document number taken; `undefined` when a limit has no room for all, and nothing was stored. */
  readonly firstDoc: number | undefined;
  /** What there is too little of, when nothing was stored. */
  readonly shortOf: 'memories' | 'agents' | null;
  readonly usage: GrowthUsage;
  /** Zones of the memories after it, when capacities moved something; else they are where they were put. */
  readonly zones: readonly Zone[] | null;
}

/** How much is used of what stores make grow. A limit of `null` is unlimited. */
export interface Growth {
  readonly memories: { readonly used: number; readonly limit: number | null };
  readonly agents: { readonly used: number; readonly limit: number | null };
}

/** The same, and how far the feed is with it: who is there has seen the write. */
export interface GrowthUsage extends Growth {
  /** Number of the tenant's last change. */
  readonly seq: number;
}

interface OutcomeRow {
  first_doc: number | null;
  used_memories: number | null;
  used_agents: number;
  allowed_memories: number | null;
  allowed_agents: number | null;
  /** `merging`: not stored, because duplicates are to be merged. */
  short_of: 'memories' | 'agents' | 'merging' | null;
  final_zones: Zone[] | null;
  seq: number;
}

/**
 * Stores all memories or none: quotas, counters, document numbers, rows and index entries. Those of a tenant who has
 * duplicates merged can be found by what they say.
 */
export async function insertMemories(
  tx: TenantTransaction,
  memories: readonly NewMemory[],
): Promise<StoreOutcome> {
  const [outcome] = await Promise.all([
    insertCounted(tx, memories),
    insertIdentities(
      tx,
      memories.map(({ id }) => id),
    ),
  ]);
  return outcome;
}

/** The same for a tenant who has no duplicates merged. */
export async function insertCounted(
  tx: TenantTransaction,
  memories: readonly NewMemory[],
): Promise<StoreOutcome> {
  const outcome = await callStore(tx, memories, 'always');
  if (outcome === undefined) throw new Error('a store that asks nothing was told of merging');
  return outcome;
}

/** The same, unless the tenant has duplicates merged: then nothing is stored, and `undefined` is the answer. */
export const insertUnlessMerging = (
  tx: TenantTransaction,
  memories: readonly NewMemory[],
): Promise<StoreOutcome | undefined> => callStore(tx, memories, 'unless merging');

async function callStore(
  tx: TenantTransaction,
  memories: readonly NewMemory[],
  when: 'always' | 'unless merging',
): Promise<StoreOutcome | undefined> {
  const items = JSON.stringify(memories.map(toItem));
  const entries = memories.map((memory) => memory.entry);
  const [row] = await tx.query<OutcomeRow>(sql`
    select s.*, sync_head(${tx.userId}) as seq
      from store_counted(${tx.userId}, ${items}::jsonb, ${entries}, ${countByZone(memories)}, ${orbit}, ${capacities},
                         ${latest(memories)}, ${firstDue(memories)}, ${when === 'unless merging'}) as s`);
  if (row === undefined || row.used_memories === null)
    throw new Error('the tenant has no counter row');
  if (row.short_of === 'merging') return undefined;
  return {
    firstDoc: row.first_doc ?? undefined,
    shortOf: row.short_of,
    zones: row.final_zones,
    usage: {
      memories: { used: row.used_memories, limit: row.allowed_memories },
      agents: { used: row.used_agents, limit: row.allowed_agents },
      seq: row.seq,
    },
  };
}
