import { epochSeconds } from '../../domain/clock.js';
import { moveAgent } from '../../storage/statements/agents.js';
import { moveToForgotten } from '../../storage/statements/forgotten-memories.js';
import {
  type MemoryRecord,
  updateClocks,
  updateMemories,
} from '../../storage/statements/memories.js';
import { updateIdentities } from '../../storage/statements/memory-identities.js';
import { addRecalls } from '../../storage/statements/memory-recalls.js';
import { insertVersions } from '../../storage/statements/memory-versions.js';
import { settleOrbits } from '../../storage/statements/orbits.js';
import { type GrowthUsage, insertMemories } from '../../storage/statements/store-memories.js';
import { moveCounters } from '../../storage/statements/tenant-usage.js';
import { insertTombstones } from '../../storage/statements/tombstones.js';
import type { TenantTransaction } from '../../storage/tenant-door.js';
import type { MemoryDependencies } from '../dependencies.js';
import { orbitsOtherwise } from '../patch.js';
import type { Birth, Edit, GroupWrites } from './group-writes.js';

/**
 * Writes what a group of mutations has come to, all in one message. What leaves goes before what comes, so that no
 * limit is met that the plan did not meet. Answers what is in use afterwards, when memories were stored.
 */
export async function writeGroup(
  tx: TenantTransaction,
  dependencies: MemoryDependencies,
  writes: GroupWrites,
): Promise<GrowthUsage | undefined> {
  const { stored, edited, vanished, recalled, newVersions } = writes;
  const [, usage] = await Promise.all([
    rewrite(tx, dependencies, writes),
    stored.length > 0 ? insertStored(tx, stored) : undefined,
    newVersions.length > 0 && insertVersions(tx, newVersions),
    vanished.length > 0 && insertTombstones(tx, vanished),
    recalled.length > 0 && addRecalls(tx, recalled),
    // Last: zones are held to their capacities, and the next sweep looks at what recalls have raised.
    (recalled.length > 0 || edited.some(({ before, memory }) => orbitsOtherwise(before, memory))) &&
      settleOrbits(tx, epochSeconds(dependencies.clock)),
  ]);
  return usage;
}

/** Edits go before forgetting, which takes along what the memory said at last. */
async function rewrite(
  tx: TenantTransaction,
  { index, clock }: MemoryDependencies,
  { edited, forgotten, versions }: GroupWrites,
): Promise<void> {
  const reindexed = edited.filter((edit) => edit.reindexed);
  const reworded = edited
    .filter(({ before, memory }) => before.content !== memory.content)
    .map(({ memory }) => memory);
  const dead = [...forgotten, ...reindexed.map(({ before }) => before)].map(({ doc }) => doc);
  const gone = { at: epochSeconds(clock), reason: 'asked' } as const;
  await Promise.all([
    edited.length + forgotten.length > 0 &&
      moveCounters(tx, zoneMoves(edited, forgotten), reindexed.length),
    dead.length > 0 && index.remove(tx, dead),
    ...agentMoves(edited, forgotten).map((move) => moveAgentSurely(tx, move)),
    versions.length > 0 && insertVersions(tx, versions),
    edited.length > 0 && updateMemories(tx, edited),
    reworded.length > 0 && updateIdentities(tx, reworded),
    ...reindexed.map(({ memory }) => index.add(tx, memory.doc, memory)),
    forgotten.length > 0 &&
      moveToForgotten(
        tx,
        forgotten.map(({ id }) => id),
        gone,
      ),
  ]);
}

async function insertStored(tx: TenantTransaction, stored: readonly Birth[]): Promise<GrowthUsage> {
  const clocked = stored.filter(({ clocks }) => Object.keys(clocks).length > 0);
  const clocks = clocked.map((birth) => ({ id: birth.memory.id, clocks: birth.clocks }));
  const [{ shortOf, usage }] = await Promise.all([
    insertMemories(
      tx,
      stored.map(({ memory }) => memory),
    ),
    clocks.length > 0 && updateClocks(tx, clocks),
  ]);
  if (shortOf !== null) throw new Error(`a plan found room where there is none for ${shortOf}`);
  return usage;
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

interface AgentMove {
  readonly leaves: string | null;
  readonly enters: string | null;
}

const agentMoves = (edited: readonly Edit[], forgotten: readonly MemoryRecord[]): AgentMove[] =>
  [
    ...forgotten.map(({ agentId }) => ({ leaves: agentId, enters: null })),
    ...edited.map(({ before, memory }) => ({ leaves: before.agentId, enters: memory.agentId })),
  ].filter(({ leaves, enters }) => leaves !== enters);

async function moveAgentSurely(tx: TenantTransaction, move: AgentMove): Promise<void> {
  if (!(await moveAgent(tx, move)))
    throw new Error('a plan found room where there is none for an agent');
}
