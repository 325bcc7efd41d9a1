import { createHash } from 'node:crypto';
import type { Mutation, MutationAck } from '@stellar-memory/protocol';
import { formatHybridTime } from '../domain/hybrid-clock.js';
import type { UserId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import { type Maker, nameMaker } from '../storage/statements/changes.js';
import {
  deleteExpiredMutations,
  insertMutations,
  type MutationAnswer,
} from '../storage/statements/mutations.js';
import type { GrowthUsage } from '../storage/statements/store-memories.js';
import type { TenantTransaction } from '../storage/tenant-door.js';
import type { MemoryDependencies } from './dependencies.js';
import type { MemoryService } from './memory-service.js';
import { GroupPlan, rejected, type Sender } from './mutations/group-plan.js';
import { type GroupView, readGroupView } from './mutations/group-view.js';
import { changesMemories, writesOf } from './mutations/group-writes.js';
import { writeGroup } from './mutations/write-group.js';
import { groupSize, StoreQueue } from './store-queue.js';

/**
 * Writers clean up after themselves: one group of 16 takes away answers that have expired, twice as many as 16 groups
 * leave. Which one it is, is in the fingerprint of its first mutation: chance, and the same when it is sent again.
 */
const cleans = ([first]: readonly MutationAnswer[]): boolean =>
  first !== undefined && Buffer.from(first.fingerprint, 'base64url')[0]! < 16;
const expiredAtOnce = 2 * 16 * groupSize;

/** A mutation that waits for its transaction. */
interface Arrived {
  readonly mutation: Mutation;
  readonly sender: Sender;
  readonly fingerprint: string;
}

/**
 * `mutate`. Mutations of one tenant that arrive during another's transaction share the next one, in their order.
 * Round trips of a group: 2 (locks and reads; writes and commit).
 */
export function createMutate(dependencies: MemoryDependencies): MemoryService['mutate'] {
  const queue = new StoreQueue<Arrived, Acknowledged>((userId, group) =>
    commitGroup(dependencies, userId, group),
  );
  return async (userId, mutations, { agentId, credentialId, onUsage } = {}) => {
    const sender = { agentId, credentialId };
    const arrived = mutations.map((mutation) => ({
      mutation,
      sender,
      fingerprint: fingerprintOf(mutation, sender),
    }));
    const done = await Promise.all(queue.addAll(userId, arrived));
    const used = done.findLast(({ usage }) => usage !== undefined)?.usage;
    if (used !== undefined) onUsage?.(used);
    const acks = done.map(({ ack }) => ack ?? refuseEnded());
    return { hlc: formatHybridTime(dependencies.clock.nowMs()), acks };
  };
}

/** An answer, and what was in use after its transaction unless that repeated answers only. */
interface Acknowledged {
  /** Absent when the credential had ended: nothing was applied or remembered. */
  readonly ack: MutationAck | undefined;
  readonly usage: GrowthUsage | undefined;
}

function refuseEnded(): never {
  throw new StellarError('unauthorized', {
    detail: 'The credential ended before the mutation was applied.',
  });
}

const fingerprintOf = (mutation: Mutation, { agentId }: Sender): string =>
  createHash('sha256')
    .update(JSON.stringify([mutation, agentId ?? null]))
    .digest('base64url')
    .slice(0, 22);

async function commitGroup(
  dependencies: MemoryDependencies,
  userId: UserId,
  group: readonly Arrived[],
): Promise<Acknowledged[]> {
  const done = await dependencies.tenants.withTenant(userId, (tx) =>
    applyGroup(tx, dependencies, group),
  );
  done.note(userId);
  return done.acks.map((ack) => ({ ack, usage: done.usage }));
}

interface Done {
  readonly acks: (MutationAck | undefined)[];
  readonly usage?: GrowthUsage;
  /** Tells, after the commit, whoever has to know. */
  readonly note: (userId: UserId) => void;
}

async function applyGroup(
  tx: TenantTransaction,
  dependencies: MemoryDependencies,
  arrived: readonly Arrived[],
): Promise<Done> {
  const view = await readGroupView(tx, arrived);
  const group = arrived.filter(
    ({ sender: { credentialId } }) => credentialId === undefined || view.live.has(credentialId),
  );
  const plan = new GroupPlan(view, dependencies.clock.nowMs(), dependencies);
  const answers = answersOf(group, view, plan);
  const fresh = [...answers.values()].filter(({ mid }) => !view.answered.has(mid));
  if (fresh.length === 0) return { acks: acksOf(arrived, view, answers, 0), note: () => undefined };
  const writes = writesOf(plan, dependencies, view.counters.nextDoc);
  const { usage } = plan;
  const [, , , seq] = await Promise.all([
    changesMemories(writes) && nameMaker(tx, makerOf(group, view, answers)),
    writeGroup(tx, dependencies, writes, view.counters),
    cleans(fresh) && deleteExpiredMutations(tx, expiredAtOnce),
    insertMutations(tx.ending, fresh, usage),
  ]);
  return {
    acks: acksOf(arrived, view, answers, seq),
    usage: { ...usage, seq },
    note(userId) {
      if (!changesMemories(writes)) return;
      dependencies.index.noteChange(userId, writes.stored.length);
      if (writes.stored.length > 0) dependencies.warnings?.note(userId, { ...usage, seq });
    },
  };
}

/** Agents of mutations of which something came, and the mutation when it was one alone. */
function makerOf(
  group: readonly Arrived[],
  { answered }: GroupView,
  answers: ReadonlyMap<string, MutationAnswer>,
): Maker {
  const made = group.filter(
    ({ mutation: { mid } }) =>
      !answered.has(mid) &&
      answers.get(mid)!.results.some(({ result }) => result === 'applied' || result === 'merged'),
  );
  const mids = new Set(made.map(({ mutation }) => mutation.mid));
  const agents = made.flatMap(({ mutation, sender }) => mutation.agent ?? sender.agentId ?? []);
  return {
    agents: [...new Set(agents)].toSorted(),
    mutation: mids.size === 1 ? made[0]!.mutation.mid : undefined,
  };
}

/** By mutation id: what was answered before, or is answered now. */
function answersOf(
  group: readonly Arrived[],
  { answered }: GroupView,
  plan: GroupPlan,
): Map<string, MutationAnswer> {
  const answers = new Map<string, MutationAnswer>(answered);
  for (const { mutation, sender, fingerprint } of group) {
    const { mid } = mutation;
    if (!answers.has(mid))
      answers.set(mid, { mid, fingerprint, results: plan.apply(mutation, sender) });
  }
  return answers;
}

const acksOf = (
  arrived: readonly Arrived[],
  { answered, live }: GroupView,
  answers: ReadonlyMap<string, MutationAnswer>,
  seq: number,
): (MutationAck | undefined)[] =>
  arrived.map(({ mutation: { mid, ops }, fingerprint, sender: { credentialId } }) => {
    if (credentialId !== undefined && !live.has(credentialId)) return undefined;
    const answer = answers.get(mid)!;
    const results =
      answer.fingerprint === fingerprint ? [...answer.results] : ops.map(() => rejected(mismatch));
    return { mid, seq: answered.get(mid)?.seq ?? seq, results };
  });

const mismatch = new StellarError('idempotency_mismatch', {
  detail: 'Another mutation had this mid.',
});
