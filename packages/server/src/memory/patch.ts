import { isDeepStrictEqual } from 'node:util';
import type { PatchRequest } from '@stellar-memory/protocol';
import { epochSeconds } from '../domain/clock.js';
import { StellarError } from '../domain/stellar-error.js';
import type { EditedDocument } from '../recall/lexical-index.js';
import { moveAgent } from '../storage/statements/agents.js';
import { nameMaker } from '../storage/statements/changes.js';
import { type EditedMemory, updateMemories } from '../storage/statements/edit-memories.js';
import {
  type LockedMemory,
  lockMemory,
  type MemoryRecord,
  selectMemory,
} from '../storage/statements/memories.js';
import { updateIdentities } from '../storage/statements/memory-identities.js';
import { selectLinks } from '../storage/statements/memory-links.js';
import { insertVersions } from '../storage/statements/memory-versions.js';
import { settleOrbits } from '../storage/statements/orbits.js';
import {
  changeUsage,
  lockUsage,
  selectUsage,
  type UsageNow,
} from '../storage/statements/tenant-usage.js';
import type { TenantTransaction } from '../storage/tenant-door.js';
import { isOf } from './as-agent.js';
import type { MemoryDependencies } from './dependencies.js';
import { idempotently } from './idempotently.js';
import type { MemoryService, VersionedMemory } from './memory-service.js';
import { clocksAfter } from './mutations/registers.js';
import { orbitNow, orbitOf } from './orbit-of.js';
import { etagOf, present, presentLink } from './present.js';
import { growthOf, growthRefusal } from './quota.js';

/** Reads one memory. Round trips: 1. */
export const createGet =
  ({ tenants, profile, clock }: MemoryDependencies): MemoryService['get'] =>
  async (userId, id) => {
    const [memory, links] = await tenants.withTenant(
      userId,
      (tx) => Promise.all([selectMemory(tx, id), selectLinks(tx.ending, id)]),
      { readOnly: true },
    );
    if (memory === undefined) throw new StellarError('not_found');
    const orbit = orbitOf(profile, memory, epochSeconds(clock));
    return { memory: present(memory), orbit, links: links.map(presentLink), etag: etagOf(memory) };
  };

/** Edits one memory. Round trips: 3 (locks, writes, commit), one more when what is searched changes. */
export const createPatch =
  (dependencies: MemoryDependencies): MemoryService['patch'] =>
  async (userId, id, patch, options = {}) => {
    let used: UsageNow | undefined;
    const hear = (usage: UsageNow): void => {
      used = usage;
    };
    const edited = await dependencies.tenants.withTenant(userId, (tx) =>
      idempotently(tx, options.idempotency, async (): Promise<VersionedMemory> => {
        const [, before] = await Promise.all([
          lockUsage(tx),
          lockMemory(tx, id),
          options.agentId !== undefined && nameMaker(tx, { agents: [options.agentId] }),
        ]);
        if (before === undefined || !isOf(before, options.agentId))
          throw new StellarError('not_found');
        if (options.ifMatch !== undefined && options.ifMatch !== etagOf(before))
          throw new StellarError('precondition_failed');
        const onUsage = options.onUsage && hear;
        const after = await changeMemory(tx, dependencies, before, patch, { onUsage });
        return { memory: present(after), etag: etagOf(after) };
      }),
    );
    dependencies.index.noteChange(userId);
    if (used !== undefined) options.onUsage?.(growthOf(used));
    return edited;
  };

/** What an edit is besides. */
interface EditOptions {
  /** Why what it said is kept. */
  readonly reason?: 'edited' | 'merged';
  /** Hears what is in use then. */
  readonly onUsage?: ((usage: UsageNow) => void) | undefined;
}

/** Edits a memory that the caller has locked, counter row first. */
export const changeMemory = (
  tx: TenantTransaction,
  dependencies: MemoryDependencies,
  before: LockedMemory,
  patch: PatchRequest,
  options: EditOptions = {},
): Promise<MemoryRecord> => {
  const edit = {
    memory: editMemory(dependencies, before, patch),
    clocks: clocksAfter(before, patch, dependencies.clock.nowMs()),
  };
  return write(tx, dependencies, before, edit, options);
};

/** The memory as the edit leaves it. */
export function editMemory(
  { clock, profile }: MemoryDependencies,
  before: MemoryRecord,
  patch: PatchRequest,
): MemoryRecord {
  const importance = patch.importance ?? before.importance;
  const pinned = patch.pinned ?? before.pinned;
  const stays = pinned || importance === before.importance;
  return {
    ...before,
    ...(stays ? {} : orbitNow(profile, { ...before, importance, pinned }, epochSeconds(clock))),
    importance,
    pinned,
    content: patch.content ?? before.content,
    metadata: patch.metadata ?? before.metadata,
    agentId: given(patch.agent_id, before.agentId),
    sessionId: given(patch.session_id, before.sessionId),
    speaker: given(patch.speaker, before.speaker),
    role: given(patch.role, before.role),
    occurredAt: given(patch.occurred_at, before.occurredAt),
    // The tag must move even when two edits fall into one millisecond or a clock steps back.
    updatedAt: Math.max(epochSeconds(clock), before.updatedAt + 0.001),
  };
}

/** Absent keeps, `null` clears. */
const given = <Value>(value: Value | null | undefined, before: Value | null): Value | null =>
  value === undefined ? before : value;

const searched = ['content', 'sessionId', 'speaker', 'role', 'occurredAt', 'agentId'] as const;

/** Whether an edit changes what is searched or filtered by the index. */
export const isSearchedOtherwise = (before: MemoryRecord, after: MemoryRecord): boolean =>
  searched.some((field) => before[field] !== after[field]) ||
  !isDeepStrictEqual(before.metadata, after.metadata);

/** Whether an edit changes a zone or what it is decided by. */
export const orbitsOtherwise = (before: MemoryRecord, after: MemoryRecord): boolean =>
  before.importance !== after.importance ||
  before.pinned !== after.pinned ||
  before.zone !== after.zone;

/** Writes an edit; when what is searched changed, the memory becomes a new document of the index. */
async function write(
  tx: TenantTransaction,
  dependencies: MemoryDependencies,
  before: LockedMemory,
  { memory: after, clocks }: EditedMemory,
  { reason = 'edited', onUsage }: EditOptions,
): Promise<MemoryRecord> {
  const { index } = dependencies;
  const reindexed = isSearchedOtherwise(before, after);
  const doc = await changeUsage(tx, {
    leaves: before.zone,
    enters: after.zone,
    documents: reindexed ? 1 : 0,
  });
  const written = reindexed ? { ...after, doc } : after;
  await Promise.all([
    countAgents(tx, dependencies, before, after),
    updateMemories(tx, [{ memory: written, clocks }]),
    keepFormer(tx, before, written, reason),
    ...(before.content === after.content ? [] : [updateIdentities(tx, [after])]),
    orbitsOtherwise(before, written) && settleOrbits(tx, epochSeconds(dependencies.clock)),
    ...(reindexed
      ? [index.remove(tx, [before.doc]), index.add(tx, [renumbered(before, written)])]
      : []),
    // Behind the writes, in the same message.
    onUsage && selectUsage(tx).then((usage) => onUsage(usage!)),
  ]);
  return written;
}

/** An edited memory as the index takes it. */
export const renumbered = (before: MemoryRecord, after: MemoryRecord): EditedDocument => ({
  ...after,
  sameTextAs: before.content === after.content ? before.doc : undefined,
});

/** Keeps what the memory said, when it says something else now. */
async function keepFormer(
  tx: TenantTransaction,
  before: MemoryRecord,
  { content, metadata, updatedAt }: MemoryRecord,
  reason: 'edited' | 'merged',
): Promise<void> {
  if (before.content === content && isDeepStrictEqual(before.metadata, metadata)) return;
  await insertVersions(tx, [
    {
      memoryId: before.id,
      content: before.content,
      metadata: before.metadata,
      importance: before.importance,
      replacedAt: updatedAt,
      reason,
    },
  ]);
}

/** Errors: `quota_exceeded` or `payment_required` when the memory would go to an agent for whom there is no room. */
async function countAgents(
  tx: TenantTransaction,
  dependencies: MemoryDependencies,
  before: MemoryRecord,
  after: MemoryRecord,
): Promise<void> {
  if (before.agentId === after.agentId) return;
  if (await moveAgent(tx, { leaves: before.agentId, enters: after.agentId })) return;
  const usage = await selectUsage(tx);
  if (usage === undefined) throw new Error('the tenant has no counter row');
  const { agents, agentLimit } = usage;
  throw await growthRefusal(tx, 'agents', { used: agents, limit: agentLimit }, dependencies);
}
