import type { ChangeEvent, ChangesResponse } from '../../src/sync/sync-wire.js';
import type { Memory } from '../../src/wire.js';
import { memory as sample } from '../support/samples.js';

/** What happens to the database. */
export type Act =
  | { readonly do: 'write'; readonly ids: readonly number[]; readonly forget: boolean }
  /** The log loses what it has so far. */
  | { readonly do: 'trim' }
  /** The database is set back by so many changes. */
  | { readonly do: 'restore'; readonly back: number };

/** What happens to a page on its way. */
export type Fault = 'none' | 'lost' | 'twice' | 'old' | 'skipped' | 'crash';

interface Logged {
  readonly seq: number;
  readonly chain: string;
  readonly ids: readonly string[];
}

/**
 * The server's feed as `docs/specs/sync.md` has it, small enough to be believed: what the log names is joined with the
 * memories as they are now, a cursor of another history leads to a reset, a snapshot is read in pages.
 */
export class FeedModel {
  readonly #limit: number;
  #memories = new Map<string, Memory>();
  #log: Logged[] = [];
  #floor = 0;
  #made = 0;
  #snapshots = [new Map<string, Memory>()];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get head(): number {
    return this.#snapshots.length - 1;
  }

  get memories(): Memory[] {
    return [...this.#memories.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  act(act: Act): void {
    if (act.do === 'trim') this.#trim();
    else if (act.do === 'restore') this.#restore(act.back);
    else
      this.#write(
        act.ids.map((id) => `memory-${id}`),
        act.forget,
      );
  }

  read(cursor: string | undefined): ChangesResponse {
    if (cursor === undefined) return this.#snapshot('snapshot', this.#here(), '');
    const [place = '', after] = cursor.split('~');
    const [, seq = '0', chain = ''] = place.split('.');
    const at = Number(seq);
    if (at > this.head || at < this.#floor || this.#chainAt(at) !== chain)
      return this.#snapshot('reset', this.#here(), '');
    if (after !== undefined) return this.#snapshot('snapshot', place, after);
    return this.#delta(at, cursor);
  }

  #write(ids: readonly string[], forget: boolean): void {
    this.#made += 1;
    for (const id of ids)
      if (forget) this.#memories.delete(id);
      else this.#memories.set(id, { ...sample, id, content: `version ${this.#made}` });
    const seq = this.head + 1;
    this.#log.push({ seq, chain: `c${this.#made}`, ids: [...new Set(ids)] });
    this.#snapshots.push(new Map(this.#memories));
  }

  #trim(): void {
    this.#floor = this.head;
    this.#log = this.#log.filter(({ seq }) => seq >= this.#floor);
  }

  #restore(back: number): void {
    const to = Math.max(this.#floor, this.head - back);
    this.#snapshots.length = to + 1;
    this.#memories = new Map(this.#snapshots[to]);
    this.#log = this.#log.filter(({ seq }) => seq <= to);
  }

  #chainAt(seq: number): string | undefined {
    return seq === 0 ? '' : this.#log.find((row) => row.seq === seq)?.chain;
  }

  #here(): string {
    return `e.${this.head}.${this.#chainAt(this.head) ?? ''}`;
  }

  #delta(at: number, cursor: string): ChangesResponse {
    const rows = this.#log.filter(({ seq }) => seq > at).slice(0, this.#limit);
    const events = rows.map((row) => this.#eventOf(row));
    const last = events.at(-1);
    return {
      mode: 'delta',
      cursor: last?.cursor ?? cursor,
      head: this.head,
      events,
      memories: [],
      more: (last?.to ?? at) < this.head,
    };
  }

  #eventOf({ seq, chain, ids }: Logged): ChangeEvent {
    const ops = ids.map((id) => {
      const memory = this.#memories.get(id);
      return memory === undefined
        ? ({ op: 'forget', id } as const)
        : ({ op: 'put', memory } as const);
    });
    return { from: seq - 1, to: seq, cursor: `e.${seq}.${chain}`, at: 0, ops };
  }

  #snapshot(mode: 'snapshot' | 'reset', place: string, after: string): ChangesResponse {
    const rest = this.memories.filter(({ id }) => id > after);
    const memories = rest.slice(0, this.#limit);
    const unfinished = rest.length > memories.length;
    const seq = Number(place.split('.')[1]);
    return {
      mode,
      cursor: unfinished ? `${place}~${memories.at(-1)!.id}` : place,
      head: this.head,
      events: [],
      memories,
      more: unfinished || seq < this.head,
    };
  }
}
