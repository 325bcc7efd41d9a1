import type { ChangesResponse, Memory } from '@stellar-memory/protocol';
import type { Connection } from './connection.js';
import type { Tally } from './tally.js';

/** What one reader of a tenant is. */
export interface ReaderOptions {
  readonly canary: string;
  readonly connection: Connection;
  readonly tally: Tally;
  readonly random: () => number;
}

/** Share of polls that are cut off. */
const cutShare = 0.3;

/** Follows a tenant's feed and keeps a replica, as strict as the protocol allows. */
export class Reader {
  readonly memories = new Map<string, Memory>();
  readonly #options: ReaderOptions;
  #cursor: string | undefined;
  #seq = 0;
  #stopping = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** Number of the last change that it has. */
  get seq(): number {
    return this.#seq;
  }

  stop(): void {
    this.#stopping = true;
  }

  async run(): Promise<void> {
    const { connection, random } = this.#options;
    while (!this.#stopping) {
      const place = this.#cursor === undefined ? '' : `&cursor=${encodeURIComponent(this.#cursor)}`;
      const page = (await connection.send(
        `/api/v1/changes?limit=100&wait=1${place}`,
        undefined,
        () => (random() < cutShare ? 1 + random() * 200 : undefined),
      )) as ChangesResponse;
      this.#apply(page);
    }
  }

  #apply({ mode, cursor, events, memories }: ChangesResponse): void {
    const { tally } = this.#options;
    if (mode === 'reset') {
      tally.resets += 1;
      this.memories.clear();
    }
    for (const memory of memories) this.#put(memory);
    for (const event of events) this.#applyEvent(event);
    this.#cursor = cursor;
    if (mode !== 'delta') this.#seq = Number(cursor.split('.')[1]);
  }

  #applyEvent({ from, to, ops }: ChangesResponse['events'][number]): void {
    const { tally } = this.#options;
    tally.events += 1;
    if (from > this.#seq) tally.gaps += 1;
    if (from < this.#seq || to !== from + 1) tally.duplicated += 1;
    this.#seq = to;
    for (const op of ops)
      if (op.op === 'put') this.#put(op.memory);
      else this.memories.delete(op.id);
  }

  #put(memory: Memory): void {
    const { canary, tally } = this.#options;
    if (!memory.content.startsWith(`${canary} `) || memory.metadata['canary'] !== canary)
      tally.foreign += 1;
    this.memories.set(memory.id, memory);
  }
}
