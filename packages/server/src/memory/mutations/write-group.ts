import { epochSeconds } from '../../domain/clock.js';
import { type AgentGrowth, growAgents } from '../../storage/statements/agents.js';
import { updateClocks, updateMemories } from '../../storage/statements/edit-memories.js';
import { moveToForgotten } from '../../storage/statements/forgotten-memories.js';
import type { MemoryRecord } from '../../storage/statements/memories.js';
import { insertIdentities, updateIdentities } from '../../storage/statements/memory-identities.js';
import { addRecalls } from '../../storage/statements/memory-recalls.js';
import { insertVersions } from '../../storage/statements/memory-versions.js';
import { settleOrbits } from '../../storage/statements/orbits.js';
import { insertCounted } from '../../storage/statements/store-memories.js';
import { type LockedCounters, moveCounters } from '../../storage/statements/tenant-usage.js';
import { insertTombstones } from '../../storage/statements/tombstones.js';
import type { TenantTransaction } from '../../storage/tenant-door.js';
import type { MemoryDependencies } from '../dependencies.js';
import { orbitsOtherwise, renumbered } from '../patch.js';
import type { Birth, Edit, GroupWrites } from './group-writes.js';

/**
 * Writes what a group of mutations has come to, all in one message. What leaves goes before what comes, so that no
 * limit is met that the plan did not meet.
 */
export async function writeGroup(
  tx: TenantTransaction,
  dependencies: MemoryDependencies,
  writes: GroupWrites,
  { mergesDuplicates }: Pick<LockedCounters, 'mergesDuplicates'>,
): Promise<void> {
  const { stored, edited, vanished, recalled, newVersions } = writes;
  await Promise.all([
    rewrite(tx, dependencies, writes),
    stored.length > 0 && insertStored(tx, stored),
    mergesDuplicates && identify(tx, writes),
    newVersions.length > 0 && insertVersions(tx, newVersions),
    vanished.length > 0 && insertTombstones(tx, vanished),
    recalled.length > 0 && addRecalls(tx, recalled),
    // Last: zones are held to their capacities, and the next sweep looks at what recalls have raised.
    (recalled.length > 0 || edited.some(({ before, memory }) => orbitsOtherwise(before, memory))) &&
      settleOrbits(tx, epochSeconds(dependencies.clock)),
  ]);
}

/** Edits go before forgetting, which takes along what the memory said at last. */
async function rewrite(
  tx: TenantTransaction,
  { index, clock }: MemoryDependencies,
  { edited, forgotten, versions }: GroupWrites,
): Promise<void> {
  const reindexed = edited.filter((edit) => edit.reindexed);
  const growth = growthOfAgents(edited, forgotten);
  const dead = [...forgotten, ...reindexed.map(({ before }) => before)].map(({ doc }) => doc);
  const gone = { at: epochSeconds(clock), reason: 'asked' } as const;
  await Promise.all([
    edited.length + forgotten.length > 0 &&
      moveCounters(tx, zoneMoves(edited, forgotten), reindexed.length),
    dead.length > 0 && index.remove(tx, dead),
    growth.length > 0 && growAgents(tx, growth),
    versions.length > 0 && insertVersions(tx, versions),
    edited.length > 0 && updateMemories(tx, edited),
    reindexed.length > 0 &&
      index.add(
        tx,
        reindexed.map(({ before, memory }) => renumbered(before, memory)),
      ),
    forgotten.length > 0 &&
      moveToForgotten(
        tx,
        forgotten.map(({ id }) => id),
        gone,
      ),
  ]);
}

async function insertStored(tx: TenantTransaction, stored: readonly Birth[]): Promise<void> {
  const clocked = stored.filter(({ clocks }) => Object.keys(clocks).length > 0);
  const clocks = clocked.map((birth) => ({ id: birth.memory.id, clocks: birth.clocks }));
  await Promise.all([
    insertCounted(
      tx,
      stored.map(({ memory }) => memory),
    ),
    clocks.length > 0 && updateClocks(tx, clocks),
  ]);
}

/** Makes memories findable by what they say now. */
async function identify(tx: TenantTransaction, { stored, edited }: GroupWrites): Promise<void> {
  const reworded = edited
    .filter(({ before, memory }) => before.content !== memory.content)
    .map(({ memory }) => memory);
  await Promise.all([
    stored.length > 0 &&
      insertIdentities(
        tx,
        stored.map(({ memory }) => memory.id),
      ),
    reworded.length > 0 && updateIdentities(tx, reworded),
  ]);
}

function zoneMoves(edited: readonly Edit[], forgotten: readonly MemoryRecord[]): number[] {
  const moves = [0, 0, 0, 0, 0];
  for (const { before, memory } of edited) {
    moves[before.zone]! -= 1;
    moves[memory.zone]! += 1;
  }
  for (const { zone } of forgotten) moves[zone]! -= 1;
  return moves;
}

/** What agents get and lose in all, in the order of their names. */
function growthOfAgents(
  edited: readonly Edit[],
  forgotten: readonly MemoryRecord[],
): AgentGrowth[] {
  const growth = new Map<string, number>();
  const add = (agent: string | null, by: number): void => {
    if (agent !== null) growth.set(agent, (growth.get(agent) ?? 0) + by);
  };
  for (const { agentId } of forgotten) add(agentId, -1);
  for (const { before, memory } of edited) {
    add(before.agentId, -1);
    add(memory.agentId, 1);
  }
  return [...growth]
    .filter(([, by]) => by !== 0)
    .map(([agentId, by]) => ({ agentId, by }))
    .toSorted((a, b) => (a.agentId < b.agentId ? -1 : 1));
}
