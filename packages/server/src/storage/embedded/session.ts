import { DatabaseError as ProtocolError } from 'pg-protocol';
import { DatabaseError } from '../database-error.js';
import type { Sql, SqlValue } from '../sql.js';
import type { Engine } from './engine.js';
import {
  namedQuery,
  namingQuery,
  type Outcome,
  outcomes,
  parametrisedQuery,
  simpleQuery,
} from './wire.js';

interface Waiting {
  readonly bytes: Uint8Array;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** SQLSTATE internal_error. */
const internalError = 'XX000';

/**
 * The engine's only session. Statements sent in the same turn of the event loop travel in one message, each
 * with its own end, so that one that fails does not take the answers of its neighbours with it.
 * Rejects with `DatabaseError`.
 */
export class Session {
  readonly engine: Engine;
  /** `I` outside a transaction, `T` in one, `E` in a failed one. As of the last answer. */
  status = 'I';
  /** Set when an answer broke the protocol or the disk was full: the engine must be restarted. */
  doubtful = false;
  #batch: Waiting[] = [];
  /** Texts of statements that the engine has parsed and planned, and their names. */
  readonly #named = new Map<string, string>();
  #names = 0;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** Whether nothing can be sent any more. */
  get ended(): boolean {
    return this.doubtful || this.engine.lost !== undefined;
  }

  /** Runs a text of one or more statements; resolves with the tag of the last one. */
  async simple(text: string): Promise<string> {
    return (await this.#run(simpleQuery(text))).command;
  }

  /** Runs one statement. */
  async query<Row>(statement: Sql<Row>): Promise<Row[]> {
    const { text, values, isPlanned } = statement;
    const outcome =
      isPlanned === true
        ? await this.#runPlanned(text, values)
        : await this.#run(parametrisedQuery(text, values));
    return outcome.rows as Row[];
  }

  /** Leaves nothing of what was set, locked or named. */
  async discard(): Promise<void> {
    this.#named.clear();
    await this.simple('discard all');
  }

  /** After a failure it is not known whether the name is there: the next time names it anew. */
  async #runPlanned(text: string, values: readonly SqlValue[]): Promise<Outcome> {
    const known = this.#named.get(text);
    if (known === undefined) this.#names += 1;
    const name = known ?? `planned ${this.#names}`;
    try {
      const outcome = await this.#run(
        known === undefined ? namingQuery(name, text, values) : namedQuery(name, values),
      );
      this.#named.set(text, name);
      return outcome;
    } catch (error) {
      this.#named.delete(text);
      throw error;
    }
  }

  async #run(bytes: Uint8Array): Promise<Outcome> {
    const outcome = await this.#enqueue(bytes);
    if (outcome.error !== undefined) throw this.#fault(outcome.error);
    return outcome;
  }

  #enqueue(bytes: Uint8Array): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#batch.push({ bytes, resolve, reject });
      if (this.#batch.length === 1) queueMicrotask(() => this.#flush());
    });
  }

  #flush(): void {
    const batch = this.#batch;
    this.#batch = [];
    this.engine.send(Buffer.concat(batch.map(({ bytes }) => bytes))).then(
      (bytes) => this.#settle(batch, outcomes(bytes)),
      (error: unknown) => {
        for (const { reject } of batch) reject(error);
      },
    );
  }

  #settle(batch: readonly Waiting[], answers: readonly Outcome[]): void {
    for (const [index, { resolve, reject }] of batch.entries()) {
      const outcome = answers[index];
      if (outcome?.complete === true) {
        this.status = outcome.status;
        resolve(outcome);
      } else {
        this.doubtful = true;
        const cause = new Error('the embedded engine gave no answer to a statement');
        reject(new DatabaseError(internalError, undefined, cause));
      }
    }
  }

  #fault(error: Error): unknown {
    if (!(error instanceof ProtocolError) || error.code === undefined) return error;
    // A full disk leaves Postgres in single-user mode in an unknown state.
    if (error.code === '53100') this.doubtful = true;
    return new DatabaseError(error.code, error.constraint, error);
  }
}
