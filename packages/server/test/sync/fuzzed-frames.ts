import { randomUUID } from 'node:crypto';

/** What a stranger knows of somebody else's account, and it must not help him. */
export interface Foreign {
  readonly userId: string;
  readonly memoryIds: readonly string[];
  readonly cursors: readonly string[];
  /** Ids of mutations. */
  readonly mids: readonly string[];
}

/** Numbers from 0 up to, but not, 1: the same for the same seed. */
export function numbersOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Frames that a broken or hostile client sends after `hello`. */
export class FrameMaker {
  readonly #random: () => number;
  readonly #foreign: Foreign;

  constructor(random: () => number, foreign: Foreign) {
    this.#random = random;
    this.#foreign = foreign;
  }

  /** Where to begin: nowhere, at another's cursor, at one that was changed, at one that is none. */
  hello(agent: string): object {
    const cursor = this.#pick<string | null>([
      null,
      this.#pick(this.#foreign.cursors),
      this.#broken(this.#pick(this.#foreign.cursors)),
    ]);
    return { t: 'hello', agent, cursor };
  }

  next(): string | Buffer {
    const kind = this.#random();
    if (kind < 0.15) return JSON.stringify(this.#mutation());
    if (kind < 0.35) return this.#broken(JSON.stringify(this.#mutation()));
    if (kind < 0.55) return JSON.stringify({ ...this.#mutation(), ...this.#extra() });
    if (kind < 0.7) return JSON.stringify(this.hello('again'));
    if (kind < 0.8) return JSON.stringify({ t: 'auth', key: this.#foreign.userId });
    if (kind < 0.85) return Buffer.from(this.#broken('binary'));
    if (kind < 0.9) return '['.repeat(5_000);
    if (kind < 0.91) return JSON.stringify({ t: 'mut', mid: 'x'.repeat(70_000) });
    return this.#broken(JSON.stringify({ t: 'mut', user_id: this.#foreign.userId }));
  }

  #mutation(): object {
    const mid = this.#random() < 0.3 ? this.#pick(this.#foreign.mids) : randomUUID();
    const id = this.#pick(this.#foreign.memoryIds);
    const op = this.#pick<object>([
      { op: 'edit', id, set: { content: 'taken over' } },
      { op: 'forget', id },
      { op: 'recalled', id, times: 3 },
      { op: 'edit', id: this.#broken(id), set: { pinned: true } },
    ]);
    return { t: 'mut', mid, hlc: `${Math.floor(this.#random() * 4e12)}.0`, ops: [op] };
  }

  #extra(): object {
    const { userId } = this.#foreign;
    return this.#pick<object>([
      { user_id: userId },
      { tenant: userId, room: userId },
      { t: ['mut'] },
      { ops: { length: 1e9 } },
      { hlc: '-1' },
      { agent: '\u0000' },
      { ops: [] },
    ]);
  }

  /** One character taken out, doubled or changed, or the rest cut off. */
  #broken(text: string): string {
    const at = Math.floor(this.#random() * text.length);
    const middle = this.#pick(['', text[at]! + text[at]!, '\u0000', '~', '\ud800', '9']);
    return text.slice(0, at) + middle + (this.#random() < 0.2 ? '' : text.slice(at + 1));
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random() * items.length)]!;
  }
}
