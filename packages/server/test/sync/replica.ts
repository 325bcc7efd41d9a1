import type { ChangeEvent, Memory } from '@stellar-memory/protocol';

/** What a page or an answer brings. */
export interface ReplicaInput {
  readonly mode: 'delta' | 'snapshot' | 'reset';
  readonly events: readonly ChangeEvent[];
  readonly memories: readonly Memory[];
  readonly cursor: string | { readonly seq: number; readonly after?: string };
}

/** A reader of the feed as strict as the protocol allows: it refuses a gap, a repetition and what is out of order. */
export class Replica {
  readonly #memories = new Map<string, Memory>();
  #head = 0;
  /** Resets are one page each, however many follow. */
  resets = 0;

  get head(): number {
    return this.#head;
  }

  get ids(): string[] {
    return [...this.#memories.keys()].toSorted();
  }

  contentOf(id: string): string | undefined {
    return this.#memories.get(id)?.content;
  }

  apply(page: ReplicaInput): void {
    if (page.mode === 'delta') {
      for (const event of page.events) this.applyEvent(event);
      return;
    }
    if (page.mode === 'reset') {
      this.#memories.clear();
      this.resets += 1;
    }
    for (const memory of page.memories) this.#memories.set(memory.id, memory);
    this.#head =
      typeof page.cursor === 'string' ? Number(page.cursor.split('.')[1]) : page.cursor.seq;
  }

  applyEvent({ from, to, ops }: ChangeEvent): void {
    if (from !== this.#head || to !== from + 1)
      throw new Error(`a change from ${from} to ${to} came to a replica at ${this.#head}`);
    for (const op of ops)
      if (op.op === 'put') this.#memories.set(op.memory.id, op.memory);
      else this.#memories.delete(op.id);
    this.#head = to;
  }
}
