import { zoneCapacities } from '@stellar-memory/protocol';
import { leavesAt, never, type Orbiting } from '../../domain/orbit.js';
import { defaultProfile, type OrbitProfile } from '../../domain/score-profiles.js';
import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';
import type { MemoryRecord, NewMemory } from './memories.js';

/** A profile as `orbit_leaves_at` and its like (migration 024) take it. */
export const orbitParameters = (profile: OrbitProfile): number[] => [
  profile.weights.recall,
  profile.weights.freshness,
  profile.weights.importance,
  profile.recallCeiling,
  profile.fading.halfLifeDays * 86_400,
  ...profile.zoneFloors,
];

/** The profile in force: what is stored was worked out by it. */
export const orbit = orbitParameters(defaultProfile);
/** How many memories zones 0 to 2 hold; the others are unlimited. */
export const capacities = [zoneCapacities[0]!, zoneCapacities[1]!, zoneCapacities[2]!];

/** When a new memory leaves its zone, epoch seconds; recalls that it brings along only make it later. */
export const newLeavesAt = (memory: NewMemory): number =>
  leavesAt(defaultProfile, { ...asOrbiting(memory), pinned: false }, memory.zone);

/** When an edited memory leaves its zone; of pinned ones the newest goes first, as in `orbit_leaves_at`. */
export function editedLeavesAt(memory: MemoryRecord): number {
  const { importance, recallCount, createdAt, pinned, zone, doc } = memory;
  const lastRecalledAt = memory.lastRecalledAt ?? createdAt;
  const at = leavesAt(defaultProfile, { importance, recallCount, lastRecalledAt, pinned }, zone);
  return pinned ? at - doc : at;
}

/** When the first of new memories leaves its zone. */
export const firstDue = (memories: readonly NewMemory[]): number =>
  Math.min(never, ...memories.filter(({ pinned }) => !pinned).map(newLeavesAt));

const asOrbiting = ({ importance, createdAt, pinned }: NewMemory): Orbiting => ({
  importance,
  recallCount: 0,
  lastRecalledAt: createdAt,
  pinned,
});

/** What a re-orbit of one batch did. */
export interface ReorbitOutcome {
  /** Memories that changed their zone. */
  readonly moved: number;
  /** When the next one is due, epoch seconds; 0 when there is more to do now, a year far off when never. */
  readonly due: number;
}

/** How a re-orbit goes about it. */
export interface ReorbitOptions {
  /** Epoch seconds. */
  readonly now: number;
  /** Memories that time moves, and that recalls move, in one call at most. */
  readonly atMost: number;
  /** Whether to wait for another transaction that has the tenant, or to answer `undefined`. */
  readonly waits: boolean;
}

/** Moves what is due outward and what was recalled inward, and says when to come again. */
export async function reorbitDue(
  tx: TenantTransaction,
  { now, atMost, waits }: ReorbitOptions,
): Promise<ReorbitOutcome | undefined> {
  const [row] = await tx.query(sql<{ moved: number | null; due: number | null }>`
    select moved, due from reorbit_due(${tx.userId}, ${orbit}, ${capacities}, ${now}, ${atMost}, ${waits})`);
  if (row === undefined || row.moved === null) return undefined;
  return { moved: row.moved, due: row.due! };
}

/**
 * After an edit that may have changed a zone or what it is decided by: what overflows goes outward, and the next sweep
 * looks when the tenant is due. The caller holds the counter row's lock and has changed the counters.
 */
export async function settleOrbits(tx: TenantTransaction, now: number): Promise<void> {
  await Promise.all([
    tx.query(sql`select settle_orbits(${tx.userId}, ${orbit}, ${capacities}, ${now}, 20)`),
    tx.query(sql`update tenant_usage set next_due = 0 where user_id = ${tx.userId}`),
  ]);
}
