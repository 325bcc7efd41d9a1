import type { Mutation, MutationAck, MutationOp } from '@stellar-memory/protocol';
import { admitStamp, stampOf } from '../../packages/server/src/domain/hybrid-clock.js';
import { applyOp, type MemoryState } from '../../packages/server/src/domain/merge.js';
import { stampFields } from '../../packages/server/src/memory/mutations/registers.js';

/** One operation that was acknowledged. */
interface Entry {
  readonly op: MutationOp;
  readonly hlc: string;
  readonly by: string;
  readonly place: number;
}

/**
 * What a tenant's clients were told has happened, kept outside the server: by memory, every acknowledged operation.
 * The merge rules give the same whatever the order, so this alone says what must be in the database.
 */
export class Ledger {
  readonly #entries = new Map<string, Entry[]>();
  readonly #live: string[] = [];
  readonly #gone = new Set<string>();
  acknowledged = 0;
  /** Results that cannot be: nothing here names what is not there, and nobody is over a limit. */
  readonly surprises: string[] = [];

  /** Ids that somebody stored. */
  get ids(): string[] {
    return [...this.#entries.keys()];
  }

  /** A memory to edit; undefined before the first was stored. */
  pick(random: number): string | undefined {
    return this.#live[Math.floor(random * this.#live.length)];
  }

  note(mutation: Mutation, ack: MutationAck): void {
    this.acknowledged += 1;
    for (const [place, op] of mutation.ops.entries()) {
      const { result, id } = ack.results[place] ?? {};
      if (id === undefined || result === undefined || result === 'rejected')
        this.surprises.push(JSON.stringify([op, ack.results[place]]));
      else this.#enter(id, { op, hlc: mutation.hlc, by: mutation.agent ?? '', place });
    }
  }

  #enter(id: string, entry: Entry): void {
    const entries = this.#entries.get(id);
    if (entries === undefined) this.#entries.set(id, [entry]);
    else entries.push(entry);
    if (entry.op.op === 'store') this.#live.push(id);
    if (entry.op.op === 'forget' && !this.#gone.has(id)) {
      this.#gone.add(id);
      this.#live.splice(this.#live.indexOf(id), 1);
    }
  }

  /**
   * What there must be of a memory.
   *
   * @param bornMs when the database says it was made: the server decides that for a clock that is ahead
   */
  expected(id: string, bornMs: number): MemoryState {
    const entries = this.#entries.get(id) ?? [];
    const stores = entries.filter(({ op }) => op.op === 'store');
    const rest = entries.filter(({ op }) => op.op !== 'store');
    let state: MemoryState = { is: 'absent' };
    for (const entry of [...stores, ...rest]) state = applyEntry(state, entry, bornMs);
    return state;
  }
}

function applyEntry(
  state: MemoryState,
  { op, hlc, by, place }: Entry,
  bornMs: number,
): MemoryState {
  switch (op.op) {
    case 'store':
      return applyOp(state, {
        op: 'store',
        fields: stampFields({ speaker: null, ...op.memory }, stampOf(bornMs)),
      }).state;
    case 'edit': {
      // The clocks of these clients are within what is allowed: nothing is clamped.
      const stamp = admitStamp(hlc, by, Number.MAX_SAFE_INTEGER / 2, place);
      return applyOp(state, { op: 'edit', fields: stampFields(op.set, stamp) }).state;
    }
    case 'forget':
      return applyOp(state, { op: 'forget' }).state;
    case 'recalled':
      return applyOp(state, { op: 'recalled', times: op.times, at: 0 }).state;
  }
}
