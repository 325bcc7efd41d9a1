import {
  type Mutation,
  type MutationOp,
  Mutation as MutationSchema,
  type MutationsResponse,
} from '@stellar-memory/protocol';
import { text } from '../harness/texts.js';
import type { Connection } from './connection.js';
import type { Ledger } from './ledger.js';
import type { Tally } from './tally.js';

/** What one writer of a tenant is. */
export interface WriterOptions {
  readonly name: string;
  /** Word that only this tenant's memories begin with. */
  readonly canary: string;
  readonly skewMs: number;
  readonly connection: Connection;
  readonly ledger: Ledger;
  readonly tally: Tally;
  readonly random: () => number;
}

/** Share of requests that are cut off before their answer. */
const cutShare = 0.15;

/** Sends mutations of every kind until told to stop; each until it is acknowledged. */
export class Writer {
  readonly #options: WriterOptions;
  #clock = { ms: 0, counter: 0 };
  #stopping = false;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  stop(): void {
    this.#stopping = true;
  }

  async run(): Promise<void> {
    const { connection, ledger, tally, random } = this.#options;
    while (!this.#stopping) {
      const mutations = Array.from({ length: 1 + Math.floor(random() * 12) }, () => this.#make());
      const answer = (await connection.send('/api/v1/mutations', { mutations }, () =>
        random() < cutShare ? 1 + random() * 30 : undefined,
      )) as MutationsResponse;
      for (const [index, mutation] of mutations.entries()) {
        const ack = answer.acks[index];
        if (ack?.mid !== mutation.mid) tally.faults.push(`acknowledged ${ack?.mid} out of order`);
        else ledger.note(mutation, ack);
        tally.mutations += 1;
        tally.operations += mutation.ops.length;
      }
    }
  }

  #make(): Mutation {
    const { name, random } = this.#options;
    const ops = Array.from({ length: random() < 0.8 ? 1 : 3 }, () => this.#op());
    return MutationSchema.parse({ mid: crypto.randomUUID(), hlc: this.#now(), agent: name, ops });
  }

  #op(): Partial<MutationOp> {
    const { ledger, random } = this.#options;
    const id = ledger.pick(random());
    const die = random();
    if (id === undefined || die < 0.3) return this.#store();
    if (die < 0.8) return { op: 'edit', id, set: this.#edit() };
    if (die < 0.92) return { op: 'recalled', id, times: 1 + Math.floor(random() * 3) };
    return { op: 'forget', id };
  }

  #store(): Partial<MutationOp> {
    const { canary, random } = this.#options;
    const memory = { content: this.#text(), importance: random(), metadata: { canary } };
    return { op: 'store', id: crypto.randomUUID(), memory: memory as never };
  }

  #edit(): object {
    const { random, canary } = this.#options;
    const edits = [
      { content: this.#text() },
      { importance: random() },
      { pinned: random() < 0.5 },
      { metadata: { canary, n: Math.floor(random() * 100) } },
      { content: this.#text(), speaker: random() < 0.5 ? null : 'kim' },
    ];
    return edits[Math.floor(random() * edits.length)]!;
  }

  #text(): string {
    return `${this.#options.canary} ${text(this.#options.random, 12)}`;
  }

  /** A hybrid clock, with a wall clock that is wrong by the writer's skew. */
  #now(): string {
    const ms = Date.now() + this.#options.skewMs;
    this.#clock =
      ms > this.#clock.ms
        ? { ms, counter: 0 }
        : { ...this.#clock, counter: this.#clock.counter + 1 };
    return `${this.#clock.ms}.${this.#clock.counter}`;
  }
}
