import type { StoreRequest } from '@stellar-memory/protocol';
import { memoryId } from '../../domain/ids.js';
import type { Registers } from '../../domain/merge.js';
import type { EditedMemory } from '../../storage/statements/edit-memories.js';
import type { LockedMemory, MemoryRecord, NewMemory } from '../../storage/statements/memories.js';
import type { RecallTally } from '../../storage/statements/memory-recalls.js';
import type { KeptVersion } from '../../storage/statements/memory-versions.js';
import type { MemoryDependencies } from '../dependencies.js';
import { newMemory } from '../new-memory.js';
import { editMemory, isSearchedOtherwise } from '../patch.js';
import { type Draft, fieldsOf } from './draft.js';
import type { GroupPlan } from './group-plan.js';
import { changesBetween, clocksOf } from './registers.js';

/** A memory that a group of mutations edits. */
export interface Edit extends EditedMemory {
  readonly before: LockedMemory;
  /** Whether it becomes a new document of the index. */
  readonly reindexed: boolean;
}

/** A memory that a group stores. */
export interface Birth {
  readonly memory: NewMemory;
  /** Of fields that were edited within the same group. */
  readonly clocks: Record<string, unknown>;
}

/** What a group of mutations writes. */
export interface GroupWrites {
  readonly stored: readonly Birth[];
  readonly edited: readonly Edit[];
  /** As they were at last. */
  readonly forgotten: readonly MemoryRecord[];
  /** Ids that were stored and forgotten within the group. */
  readonly vanished: readonly string[];
  readonly recalled: readonly RecallTally[];
  /** Of memories that have a row, and of those that are stored. */
  readonly versions: readonly KeptVersion[];
  readonly newVersions: readonly KeptVersion[];
}

/** Sorts out what has to be written. Document numbers of edited memories go on from the tenant's next one. */
export function writesOf(
  { drafts, versions }: Pick<GroupPlan, 'drafts' | 'versions'>,
  dependencies: MemoryDependencies,
  nextDoc: number,
): GroupWrites {
  const live = drafts.filter(({ state }) => state.is === 'live');
  const gone = drafts.filter(({ start, state }) => start.is === 'live' && state.is === 'gone');
  const edits = [...live, ...gone].flatMap((draft) => editOf(draft, dependencies) ?? []);
  const editsById = new Map(edits.map((edit) => [edit.before.id as string, edit.memory]));
  const born = new Set(live.filter(({ before }) => before === undefined).map(({ id }) => id));
  const vanished = gone.filter(({ before }) => before === undefined).map(({ id }) => id);
  let doc = nextDoc;
  return {
    stored: live.filter(({ id }) => born.has(id)).map((draft) => birthOf(draft, dependencies)),
    edited: edits.map((edit) =>
      edit.reindexed ? { ...edit, memory: { ...edit.memory, doc: doc++ } } : edit,
    ),
    forgotten: gone.flatMap(({ id, before }) => editsById.get(id) ?? before ?? []),
    vanished,
    recalled: live.flatMap((draft) => tallyOf(draft) ?? []),
    versions: versions.filter(({ memoryId: id }) => !born.has(id) && !vanished.includes(id)),
    newVersions: versions.filter(({ memoryId: id }) => born.has(id)),
  };
}

function birthOf({ id, state, bornMs }: Draft, dependencies: MemoryDependencies): Birth {
  if (bornMs === undefined) throw new Error('a memory was stored at no time');
  const clock = { nowMs: () => bornMs };
  const fields = fieldsOf(state);
  const memory = newMemory(requestOf(fields), { ...dependencies, clock });
  return { memory: { ...memory, id: memoryId(id) }, clocks: clocksOf(fields, memory.createdAt) };
}

/** The fields of a memory as a request to store it. */
const requestOf = (fields: Registers): StoreRequest =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([field, { value }]) =>
      value === null ? [] : [[field, value]],
    ),
  ) as unknown as StoreRequest;

/** An edit, also of what is forgotten afterwards: whoever restores it finds it as it was at last. */
function editOf(
  { before, start, state, last }: Draft,
  dependencies: MemoryDependencies,
): Edit | undefined {
  const fields = fieldsOf(last);
  if (before === undefined || fields === fieldsOf(start)) return undefined;
  const memory = editMemory(dependencies, before, changesBetween(fieldsOf(start), fields));
  const clocks = clocksOf(fields, before.createdAt);
  if (state.is === 'live')
    return { before, memory, clocks, reindexed: isSearchedOtherwise(before, memory) };
  // No agent gets a memory that goes at once: he is not counted.
  return { before, memory: { ...memory, agentId: before.agentId }, clocks, reindexed: false };
}

function tallyOf({ id, start, state }: Draft): RecallTally | undefined {
  if (state.is !== 'live' || start.is !== 'live') return undefined;
  const { lastRecalledAt } = state;
  const recalls = state.recalls - start.recalls;
  if (recalls === 0 || lastRecalledAt === null) return undefined;
  return { memoryId: id, recalls, lastRecalledAt };
}

/** Whether readers of the memories see anything else afterwards. */
export const changesMemories = ({ stored, edited, forgotten }: GroupWrites): boolean =>
  stored.length + edited.length + forgotten.length > 0;
