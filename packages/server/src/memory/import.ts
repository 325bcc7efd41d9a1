import type { ExportedMemory } from '@stellar-memory/protocol';
import type { UserId } from '../domain/ids.js';
import { memoryId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import { type NewMemory } from '../storage/statements/memories.js';
import {
  existingIds,
  type MemoryHistory,
  writeHistories,
} from '../storage/statements/memory-transfer.js';
import {
  type GrowthUsage,
  insertMemories,
  type StoreOutcome,
} from '../storage/statements/store-memories.js';
import { lockUsage, selectUsage } from '../storage/statements/tenant-usage.js';
import type { TenantTransaction } from '../storage/tenant-door.js';
import type { MemoryDependencies } from './dependencies.js';
import { takeOthers } from './import-others.js';
import { growthOf, refuseGrowth } from './quota.js';
import type { ImportedLine, TransferService } from './transfer-service.js';

/** Rows of one transaction at most, and bytes of their lines. */
const groupSize = 200;
const groupBytes = 4 * 1024 * 1024;

interface Progress {
  /** Of the last line that was settled. */
  line: number;
  stored: number;
  existing: number;
}

/** Imports in groups. Round trips a group: 4 (lock, look-up, writes, commit). */
export const createImport =
  (dependencies: MemoryDependencies): TransferService['importAll'] =>
  async (userId, lines, onUsage) => {
    const progress: Progress = { line: 0, stored: 0, existing: 0 };
    try {
      for await (const group of inGroups(lines)) {
        const memories = group.filter(isMemory);
        if (memories.length > 0)
          await settleGroup(dependencies, userId, memories, progress, onUsage);
        else await takeOthers(dependencies, userId, group);
        progress.line = group.at(-1)!.line;
      }
    } catch (error) {
      throw withProgress(error, progress);
    }
    const { stored, existing } = progress;
    return { memories: stored + existing, stored, existing };
  };

type MemoryLine = ImportedLine<ExportedMemory>;

const isMemory = (line: ImportedLine): line is MemoryLine => line.row.type === 'memory';

/** A group is of one kind. What came before a bad line is handed on before its error. */
async function* inGroups(lines: AsyncIterable<ImportedLine>): AsyncGenerator<ImportedLine[]> {
  let group: ImportedLine[] = [];
  let bytes = 0;
  try {
    for await (const line of lines) {
      const [first] = group;
      if (first !== undefined && first.row.type !== line.row.type) {
        yield group;
        group = [];
        bytes = 0;
      }
      group.push(line);
      bytes += line.bytes;
      if (group.length < groupSize && bytes < groupBytes) continue;
      yield group;
      group = [];
      bytes = 0;
    }
  } catch (error) {
    if (group.length > 0) yield group;
    throw error;
  }
  if (group.length > 0) yield group;
}

/** The line at fault when it is known, else the last one that was settled. */
function withProgress(error: unknown, progress: Progress): unknown {
  if (!(error instanceof StellarError)) return error;
  const { line = progress.line } = error.details.progress ?? {};
  return new StellarError(error.code, { ...error.details, progress: { ...progress, line } }, error);
}

async function settleGroup(
  dependencies: MemoryDependencies,
  userId: UserId,
  group: readonly MemoryLine[],
  progress: Progress,
  onUsage: ((usage: GrowthUsage) => void) | undefined,
): Promise<void> {
  const outcome = await writeGroup(dependencies, userId, group);
  const { shortOf, usage } = outcome;
  if (shortOf !== null) {
    const room = shortOf === 'memories' ? usage.memories.limit! - usage.memories.used : 0;
    // As many as there is room for, in the order of the lines: then the store is full to its last place.
    if (room > 0 && room < group.length) {
      await settleGroup(dependencies, userId, group.slice(0, room), progress, onUsage);
      return settleGroup(dependencies, userId, group.slice(room), progress, onUsage);
    }
    if (group.length > 1) return settleApart(dependencies, userId, group, progress, onUsage);
    return refuseGrowth(dependencies, userId, shortOf, usage[shortOf]);
  }
  progress.line = group.at(-1)!.line;
  progress.stored += outcome.stored;
  progress.existing += group.length - outcome.stored;
  if (outcome.stored > 0) dependencies.index.noteChange(userId, outcome.stored);
  dependencies.warnings?.note(userId, usage);
  onUsage?.(usage);
}

/** One line at a time: those that are there already, or of agents that are, still pass. */
async function settleApart(
  dependencies: MemoryDependencies,
  userId: UserId,
  group: readonly MemoryLine[],
  progress: Progress,
  onUsage: ((usage: GrowthUsage) => void) | undefined,
): Promise<void> {
  for (const line of group) await settleGroup(dependencies, userId, [line], progress, onUsage);
}

type GroupOutcome = Pick<StoreOutcome, 'shortOf' | 'usage'> & { readonly stored: number };

/** The counter row's lock comes first, as in every writer: what is then seen to be missing stays missing. */
const writeGroup = (
  dependencies: MemoryDependencies,
  userId: UserId,
  group: readonly MemoryLine[],
): Promise<GroupOutcome> =>
  dependencies.tenants.withTenant(userId, async (tx) => {
    await lockUsage(tx);
    const known = await existingIds(
      tx,
      group.map(({ row }) => row.id),
    );
    const missing: ExportedMemory[] = [];
    for (const { row } of group) {
      if (!known.has(row.id)) missing.push(row);
      known.add(row.id);
    }
    return missing.length === 0 ? nothingStored(tx) : insertWhole(tx, dependencies, missing);
  });

async function nothingStored(tx: TenantTransaction): Promise<GroupOutcome> {
  return { shortOf: null, usage: growthOf((await selectUsage(tx))!), stored: 0 };
}

async function insertWhole(
  tx: TenantTransaction,
  { index }: MemoryDependencies,
  memories: readonly ExportedMemory[],
): Promise<GroupOutcome> {
  const histories = memories.filter(hasHistory).map(historyOf);
  const rows = memories.map((memory) => rowOf(memory, index));
  const [{ shortOf, usage }] = await Promise.all([
    insertMemories(tx, rows),
    histories.length === 0 ? undefined : writeHistories(tx, histories),
  ]);
  return { shortOf, usage, stored: shortOf === null ? memories.length : 0 };
}

const rowOf = (memory: ExportedMemory, index: MemoryDependencies['index']): NewMemory => {
  const document = {
    content: memory.content,
    sessionId: memory.session_id,
    speaker: memory.speaker,
    role: memory.role,
    occurredAt: memory.occurred_at,
    createdAt: memory.created_at,
    agentId: memory.agent_id,
    metadata: memory.metadata,
  };
  return {
    ...document,
    id: memoryId(memory.id),
    importance: memory.importance,
    zone: memory.zone,
    score: memory.score,
    pinned: memory.pinned,
    entry: index.encode(document),
  };
};

const hasHistory = (memory: ExportedMemory): boolean =>
  memory.recall_count > 0 || memory.updated_at !== memory.created_at || memory.v1 !== undefined;

const historyOf = (memory: ExportedMemory): MemoryHistory => ({
  id: memory.id,
  recallCount: memory.recall_count,
  lastRecalledAt: memory.last_recalled_at,
  updatedAt: memory.updated_at,
  v1: memory.v1,
});
