import type { Mutation } from '@stellar-memory/protocol';
import { selectAgentCounts } from '../../storage/statements/agents.js';
import { selectLiveCredentials } from '../../storage/statements/live-credentials.js';
import { type LockedMemory, lockMemories } from '../../storage/statements/memories.js';
import {
  type RememberedMutation,
  selectAnsweredMutations,
} from '../../storage/statements/mutations.js';
import { hasLapsed } from '../../storage/statements/subscriptions.js';
import { type LockedCounters, lockCounters } from '../../storage/statements/tenant-usage.js';
import { selectTombstones } from '../../storage/statements/tombstones.js';
import type { TenantTransaction } from '../../storage/tenant-door.js';
import type { Sender } from './group-plan.js';

/** What a group of mutations depends on, read under the tenant's lock. */
export interface GroupView {
  readonly counters: LockedCounters;
  /** The subscription is no longer paid for. */
  readonly lapsed: boolean;
  /** By id. */
  readonly memories: ReadonlyMap<string, LockedMemory>;
  readonly forgotten: ReadonlySet<string>;
  readonly agents: readonly { readonly agent: string; readonly memories: number }[];
  /** By mutation id: those that were applied before. */
  readonly answered: ReadonlyMap<string, RememberedMutation>;
  /** Credentials of the senders that hold. */
  readonly live: ReadonlySet<string>;
}

/** A mutation and who sends it. */
interface Sent {
  readonly mutation: Mutation;
  readonly sender: Sender;
}

/** Locks and reads it in one round trip. The counters' lock comes first, so what is read after it stays true. */
export async function readGroupView(
  tx: TenantTransaction,
  group: readonly Sent[],
): Promise<GroupView> {
  const mids = group.map(({ mutation }) => mutation.mid);
  const ids = [
    ...new Set(group.flatMap(({ mutation }) => mutation.ops.flatMap((op) => op.id ?? []))),
  ];
  const credentials = [...new Set(group.flatMap(({ sender }) => sender.credentialId ?? []))];
  const [counters, answered, memories, forgotten, agents, lapsed, live] = await Promise.all([
    lockCounters(tx),
    selectAnsweredMutations(tx, mids),
    lockMemories(tx, ids),
    selectTombstones(tx, ids),
    selectAgentCounts(tx, [...new Set(group.flatMap(agentsNamed))], ids),
    hasLapsed(tx),
    // Under the lock: what was revoked while the group waited for it counts.
    credentials.length === 0 ? [] : selectLiveCredentials(tx, credentials),
  ]);
  return {
    counters,
    answered: new Map(answered.map((answer) => [answer.mid, answer])),
    memories: new Map(memories.map((memory) => [memory.id, memory])),
    forgotten: new Set(forgotten),
    agents,
    lapsed,
    live: new Set(live),
  };
}

function agentsNamed({ mutation, sender }: Sent): string[] {
  const named = mutation.ops.flatMap((op) => {
    if (op.op === 'store') return op.memory.agent_id ?? [];
    return op.op === 'edit' ? (op.set.agent_id ?? []) : [];
  });
  return sender.agentId === undefined ? named : [...named, sender.agentId];
}
