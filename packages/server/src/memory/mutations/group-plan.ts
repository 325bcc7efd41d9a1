import type { Mutation, MutationOp, MutationResult } from '@stellar-memory/protocol';
import { admitStamp, type Stamp, stampOf } from '../../domain/hybrid-clock.js';
import { uuidv7 } from '../../domain/ids.js';
import { applyOp, type Outcome, type StampedOp } from '../../domain/merge.js';
import { StellarError } from '../../domain/stellar-error.js';
import type { KeptVersion } from '../../storage/statements/memory-versions.js';
import type { Growth } from '../../storage/statements/store-memories.js';
import { isOf } from '../as-agent.js';
import { agentOf, type Draft, draftOf } from './draft.js';
import type { GroupView } from './group-view.js';
import { stampFields } from './registers.js';
import { Room } from './room.js';
import { versionsOf } from './versions.js';

/** Who sends a mutation: one agent when the key is bound to it. */
export interface Sender {
  readonly agentId: string | undefined;
  /** Id of the key or session that must still hold when the mutation is applied; absent: nobody has to prove anything. */
  readonly credentialId?: string | undefined;
}

type OpOf<Name extends MutationOp['op']> = Extract<MutationOp, { readonly op: Name }>;

/**
 * Works out what a group of mutations makes of a tenant's memories, without touching the database: every rule is in
 * `domain/merge.ts`, limits are met in the order of the operations, and each memory is written once afterwards.
 */
export class GroupPlan {
  readonly #view: GroupView;
  readonly #nowMs: number;
  readonly #room: Room;
  readonly #drafts = new Map<string, Draft>();
  readonly #versions: KeptVersion[] = [];

  constructor(view: GroupView, nowMs: number, upgrade: { readonly upgradeUrl?: string }) {
    this.#view = view;
    this.#nowMs = nowMs;
    this.#room = new Room(view, upgrade);
  }

  /** Every memory that an operation named. */
  get drafts(): Draft[] {
    return [...this.#drafts.values()];
  }

  /** What is in use when everything is written. */
  get usage(): Growth {
    return this.#room.usage;
  }

  /** What memories said before an edit, and edits that did not stay: kept, in the order in which it happened. */
  get versions(): readonly KeptVersion[] {
    return this.#versions;
  }

  /** Applies a mutation; one result for each of its operations. */
  apply(mutation: Mutation, sender: Sender): MutationResult[] {
    const by = mutation.agent ?? sender.agentId ?? '';
    if (sender.agentId !== undefined && by !== sender.agentId)
      return mutation.ops.map(() => rejected(notThisAgent(sender)));
    return mutation.ops.map((op, place) => {
      const stamp = admitStamp(mutation.hlc, by, this.#nowMs, place);
      return op.op === 'store' ? this.#store(op, stamp, sender) : this.#change(op, stamp, sender);
    });
  }

  #change(op: OpOf<'edit' | 'forget' | 'recalled'>, stamp: Stamp, sender: Sender): MutationResult {
    const draft = this.#draft(op.id);
    if (draft.state.is === 'live' && !isOf({ agentId: agentOf(draft.state) }, sender.agentId))
      return rejected(new StellarError('not_found'), op.id);
    if (op.op === 'edit' && gives(op.set.agent_id, sender))
      return rejected(notThisAgent(sender), op.id);
    return this.#settle(draft, this.#stamped(op, stamp));
  }

  #store(op: OpOf<'store'>, stamp: Stamp, sender: Sender): MutationResult {
    const id = op.id ?? uuidv7(this.#nowMs);
    if (gives(op.memory.agent_id, sender)) return rejected(notThisAgent(sender), id);
    const draft = this.#draft(id);
    const wasAbsent = draft.state.is === 'absent';
    // Made when its client says so, but not in the future; a field that is never edited has no other time.
    const bornMs = Math.min(stamp.ms, Math.floor(this.#nowMs));
    const agent_id = op.memory.agent_id ?? sender.agentId ?? null;
    const fields = stampFields({ ...noLabels, ...op.memory, agent_id }, stampOf(bornMs));
    const result = this.#settle(draft, { op: 'store', fields });
    if (!wasAbsent || draft.state.is !== 'live') return result;
    draft.bornMs = bornMs;
    draft.start = draft.state;
    return result;
  }

  #stamped(op: OpOf<'edit' | 'forget' | 'recalled'>, stamp: Stamp): StampedOp {
    if (op.op === 'edit') return { op: 'edit', fields: stampFields(op.set, stamp) };
    if (op.op === 'forget') return { op: 'forget' };
    const now = this.#nowMs / 1000;
    return { op: 'recalled', times: op.times, at: Math.min(op.at ?? now, now) };
  }

  #settle(draft: Draft, op: StampedOp): MutationResult {
    const outcome = applyOp(draft.state, op);
    const refusal = this.#makeRoom(draft.state, outcome);
    if (refusal !== undefined) return rejected(refusal, draft.id);
    if (op.op === 'store' || op.op === 'edit')
      this.#versions.push(...versionsOf(draft, op.fields, outcome, this.#nowMs / 1000));
    draft.state = outcome.state;
    if (outcome.state.is === 'live') draft.last = outcome.state;
    return toResult(draft.id, outcome);
  }

  #makeRoom(before: Draft['state'], { state: after }: Outcome): StellarError | undefined {
    if (before.is === after.is) return this.#room.move(agentOf(before), agentOf(after));
    if (after.is === 'live') return this.#room.take(agentOf(after));
    this.#room.leave(agentOf(before));
    return undefined;
  }

  #draft(id: string): Draft {
    const known = this.#drafts.get(id);
    if (known !== undefined) return known;
    const draft = draftOf(id, this.#view.memories.get(id), this.#view.forgotten.has(id));
    this.#drafts.set(id, draft);
    return draft;
  }
}

/** What a store leaves out has a value too, so that a later edit of it is compared with something. */
const noLabels = { session_id: null, speaker: null, role: null, occurred_at: null };

function toResult(id: string, { result, lost }: Outcome): MutationResult {
  if (result === 'unknown') return rejected(new StellarError('not_found'), id);
  return lost.length === 0 ? { result, id } : { result, id, lost: [...lost] };
}

/** Whether a bound key would give a memory to another agent, or to none. */
const gives = (agent: string | null | undefined, { agentId }: Sender): boolean =>
  agentId !== undefined && agent !== undefined && agent !== agentId;

const notThisAgent = ({ agentId }: Sender): StellarError =>
  new StellarError('agent_not_allowed', { detail: `This key is bound to the agent ${agentId}.` });

/** Only this operation is refused; the others of its mutation and of the request go on. */
export const rejected = (
  { code, message, details }: StellarError,
  id?: string,
): MutationResult => ({
  result: 'rejected',
  ...(id === undefined ? {} : { id }),
  error: {
    code,
    detail: message,
    ...(details.limit === undefined ? {} : { limit: details.limit }),
    ...(details.used === undefined ? {} : { used: details.used }),
  },
});
