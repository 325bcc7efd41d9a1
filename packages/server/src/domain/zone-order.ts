/** A memory of a zone by rank. */
export interface Ranked {
  readonly id: string;
  readonly doc: number;
  /** `leavesAt` of the zone. */
  readonly key: number;
}

/** Whether `a` goes before `b` when one has to: what leaves sooner, else what is older. */
export const isLower = (a: Ranked, b: Ranked): boolean =>
  a.key < b.key || (a.key === b.key && a.doc < b.doc);

/** The memories of one zone, the lowest at hand: a binary heap whose outdated entries are passed over. */
export class ZoneOrder {
  readonly #heap: Ranked[] = [];
  readonly #current = new Map<string, Ranked>();

  /** How many memories it has. */
  get size(): number {
    return this.#current.size;
  }

  /** Adds a memory, or ranks it anew. */
  put(entry: Ranked): void {
    this.#current.set(entry.id, entry);
    this.#heap.push(entry);
    this.#up(this.#heap.length - 1);
  }

  /** Takes a memory out. */
  remove(id: string): void {
    this.#current.delete(id);
  }

  /** The one that goes first. */
  lowest(): Ranked | undefined {
    for (;;) {
      const [top] = this.#heap;
      if (top === undefined || this.#current.get(top.id) === top) return top;
      this.#pop();
    }
  }

  /** Ids of all with a key below `key`, lowest first; they stay in. */
  takeBelow(key: number): string[] {
    const found: Ranked[] = [];
    for (let top = this.lowest(); top !== undefined && top.key < key; top = this.lowest()) {
      found.push(top);
      this.#pop();
    }
    for (const entry of found) this.put(entry);
    return found.map(({ id }) => id);
  }

  #pop(): void {
    const last = this.#heap.pop()!;
    if (this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#down(0);
  }

  #up(from: number): void {
    const heap = this.#heap;
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!isLower(heap[at]!, heap[parent]!)) return;
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  #down(from: number): void {
    const heap = this.#heap;
    for (let at = from; ; ) {
      const left = 2 * at + 1;
      if (left >= heap.length) return;
      const right = left + 1;
      const child = right < heap.length && isLower(heap[right]!, heap[left]!) ? right : left;
      if (!isLower(heap[child]!, heap[at]!)) return;
      [heap[at], heap[child]] = [heap[child]!, heap[at]!];
      at = child;
    }
  }
}
