import type { Socket } from 'node:net';
import pg from 'pg';
import { StellarError } from '../../domain/stellar-error.js';
import { beginStatements, defaultTimeoutMs } from '../begin-statement.js';
import type { Database, Scope, Transaction, TransactionOptions } from '../database.js';
import type { Sql } from '../sql.js';
import { leaseConnection } from './connection-lease.js';
import { fromDriverError } from './postgres-errors.js';
import { rowTypes } from './row-types.js';
import { type BatchStatement, StatementBatch } from './statement-batch.js';
import { shareOf, TenantShares } from './tenant-shares.js';

/** How to reach Postgres as the app login. */
export interface PostgresOptions {
  /** Connection URL; a transaction-mode pooler is fine: nothing outlives a transaction. */
  readonly url: string;
  /** Connections at most. Default 10. */
  readonly poolSize?: number;
  /** Milliseconds a request waits for a connection when all are taken; then it is told to retry. Default 500. */
  readonly waitMs?: number;
  /** Told of errors on idle connections, which the pool replaces by itself. */
  readonly onIdleError?: (error: Error) => void;
}

/**
 * Opens the Postgres engine. Connects on first use.
 *
 * Round trips: begin, role and tenant travel with the first statement, statements that are not awaited in between
 * travel together, and the commit travels with a statement that is known to be the last.
 */
export const openPostgresDatabase = (options: PostgresOptions): Database =>
  new PostgresDatabase(options);

/** A tenant waits for his own transactions so many times longer than for those of others. */
const ownWaits = 4;

/** Milliseconds beyond the server's own deadline before the client cuts the connection (half-open sockets). */
const graceMs = 500;

class PostgresDatabase implements Database {
  readonly engine = 'postgres';
  readonly #pool: pg.Pool;
  readonly #waitMs: number;
  readonly #shares: TenantShares;
  #closing: Promise<void> | undefined;

  constructor(options: PostgresOptions) {
    this.#waitMs = options.waitMs ?? 500;
    const poolSize = options.poolSize ?? 10;
    this.#shares = new TenantShares(shareOf(poolSize), ownWaits * this.#waitMs);
    this.#pool = new pg.Pool({
      connectionString: options.url,
      max: poolSize,
      connectionTimeoutMillis: 5_000,
      // Making one costs more than many transactions: a burst must not meet it again and again.
      idleTimeoutMillis: 300_000,
      keepAlive: true,
      application_name: 'stellar-memory',
      types: rowTypes,
    });
    this.#pool.on('error', (error) => options.onIdleError?.(error));
  }

  async transaction<T>(
    scope: Scope,
    work: (tx: Transaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    if (this.#closing !== undefined)
      throw new StellarError('unavailable', { retryAfterSeconds: 1 });
    const transaction = await this.#open(scope, options);
    try {
      return await Promise.race([transaction.run(work), transaction.cut]);
    } catch (error) {
      throw transaction.overdue
        ? new StellarError('deadline_exceeded', {}, error)
        : fromDriverError(error);
    }
  }

  async #open(scope: Scope, options: TransactionOptions): Promise<PostgresTransaction> {
    const giveBack = scope.role === 'stellar_app' ? await this.#shares.take(scope.userId) : ignore;
    try {
      const client = await leaseConnection(this.#pool, this.#waitMs);
      return new PostgresTransaction(client, scope, options, giveBack);
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#pool.end();
    return this.#closing;
  }
}

const ignore = (): void => undefined;

/** The driver's socket, which its types keep to themselves. */
const streamOf = (client: pg.PoolClient): Socket =>
  (client as unknown as { connection: { stream: Socket } }).connection.stream;

class PostgresTransaction implements Transaction {
  overdue = false;
  readonly #client: pg.PoolClient;
  readonly #scope: Scope;
  readonly #options: TransactionOptions;
  readonly #onRelease: () => void;
  readonly #timer: NodeJS.Timeout;
  /** Rejects past the deadline, so that work which waits for something else does not hold the connection. */
  readonly cut: Promise<never>;
  /** What leaves together at the end of this turn of the event loop. */
  #waiting: BatchStatement[] = [];
  /** The commit that leaves with it. */
  #ending: BatchStatement | undefined;
  #opened = false;
  /** Whether a batch is under way: what comes meanwhile leaves in the next one. */
  #underWay = false;
  #rolledBack: Promise<void> | undefined;
  #committed: Promise<string> | undefined;
  #ended = false;
  #released = false;

  constructor(
    client: pg.PoolClient,
    scope: Scope,
    options: TransactionOptions,
    onRelease: () => void,
  ) {
    this.#client = client;
    this.#scope = scope;
    this.#options = options;
    this.#onRelease = onRelease;
    // An error on a leased connection also rejects its running statement; unheard it would end the process.
    client.on('error', this.#heard);
    let reject: (error: Error) => void;
    this.cut = new Promise((_, refuse) => {
      reject = refuse;
    });
    this.#timer = setTimeout(
      () => reject(this.#cut()),
      (options.timeoutMs ?? defaultTimeoutMs) + graceMs,
    );
  }

  async run<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    try {
      const result = await work(this);
      await this.#commit();
      return result;
    } catch (error) {
      await this.#rollback();
      throw error;
    }
  }

  async query<Row>(statement: Sql<Row>, then?: 'commit'): Promise<Row[]> {
    if (this.#ended) throw new Error('a statement came after the end of its transaction');
    try {
      const answer = this.#send(statement.text, statement.values);
      if (then === 'commit') void this.#sendCommit();
      return (await answer).rows as Row[];
    } catch (error) {
      throw fromDriverError(error);
    }
  }

  async #commit(): Promise<void> {
    this.#ended = true;
    // Nothing was asked of the database, so nothing was begun.
    if (!this.#asked()) return this.#release();
    const committed = this.#committed ?? this.#sendCommit();
    if (this.#options.readOnly !== true) await committed;
  }

  #sendCommit(): Promise<string> {
    this.#ended = true;
    const answer = new Promise<pg.QueryResult>((resolve, reject) => {
      this.#ending = { text: 'commit', values: [], resolve, reject };
      this.#flushSoon();
    });
    this.#committed = answer.then(
      ({ command }) => {
        this.#release();
        // A commit of an aborted transaction answers ROLLBACK and no error.
        if (command !== 'COMMIT') throw new Error('the transaction was rolled back at commit');
        return command;
      },
      (error: unknown) => {
        // A statement before it failed: in a read nobody may be waiting, and the connection must not be lost.
        void this.#rollback();
        throw error;
      },
    );
    // Who waits for it is told; in a transaction that failed before, nobody does.
    this.#committed.catch(() => undefined);
    return this.#committed;
  }

  #rollback(): Promise<void> {
    this.#rolledBack ??= this.#sendRollback();
    return this.#rolledBack;
  }

  async #sendRollback(): Promise<void> {
    this.#ended = true;
    if (!this.#asked()) return this.#release();
    // Statements that nobody waits for may still be under way, and a commit with them.
    await this.#committed?.catch(() => undefined);
    if (this.#released) return;
    try {
      await this.#send('rollback');
      this.#release();
    } catch (error) {
      this.#release(error);
    }
  }

  /** Whether anything was asked of the database or is about to be. */
  #asked(): boolean {
    return this.#opened || this.#waiting.length > 0 || this.#ending !== undefined;
  }

  #send(text: string, values: readonly unknown[] = []): Promise<pg.QueryResult> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) this.#flushSoon();
      this.#waiting.push({ text, values, resolve, reject });
    });
  }

  /** After the microtasks: what they ask for as well shall travel along. */
  #flushSoon(): void {
    process.nextTick(() => this.#flush());
  }

  #flush(): void {
    const work = this.#waiting;
    const ending = this.#ending;
    if (this.#underWay || (work.length === 0 && ending === undefined)) return;
    this.#underWay = true;
    this.#waiting = [];
    this.#ending = undefined;
    if (!this.#opened && ending !== undefined && work.length === 1) this.#sendWhole(work, ending);
    else this.#sendBatch([...this.#opening(), ...work, ...(ending === undefined ? [] : [ending])]);
  }

  /**
   * A transaction of one statement needs no BEGIN and no COMMIT: what one message holds is a transaction by itself,
   * which ends with it. The two would be parsed and run like any other statement.
   */
  #sendWhole(work: readonly BatchStatement[], ending: BatchStatement): void {
    const identity = this.#opening().slice(1);
    this.#sendBatch([...identity, ...work], (error) => {
      if (error === undefined) ending.resolve({ command: 'COMMIT' } as pg.QueryResult);
      else ending.reject(error);
    });
  }

  #sendBatch(statements: readonly BatchStatement[], onEnd?: (error: unknown) => void): void {
    const batch = new StatementBatch(statements, rowTypes, (error) => {
      this.#underWay = false;
      onEnd?.(error);
      if (this.#waiting.length > 0 || this.#ending !== undefined) this.#flushSoon();
    });
    this.#client.query(batch as unknown as pg.Submittable);
  }

  /** Travels with the first statement. If it fails, nothing behind it runs, so nothing runs without role and tenant. */
  #opening(): [BatchStatement, BatchStatement] | [] {
    if (this.#opened) return [];
    this.#opened = true;
    const unheard = { values: [], resolve: ignore, reject: ignore };
    const [begin, identity] = beginStatements(this.#scope, this.#options);
    return [
      { text: begin, ...unheard },
      { text: identity, ...unheard },
    ];
  }

  /** Gives the connection back if it is provably idle outside a transaction, else destroys it. */
  #release(doubt?: unknown): void {
    if (this.#released) return;
    this.#released = true;
    clearTimeout(this.#timer);
    // A connection that is cut may still say so, after its release.
    if (!this.overdue) this.#client.off('error', this.#heard);
    this.#client.release(doubt !== undefined || this.#status() !== 'I');
    this.#onRelease();
  }

  /** As of the last answer; null before the first. */
  #status(): string | null {
    return (
      this.#client as unknown as { getTransactionStatus(): string | null }
    ).getTransactionStatus();
  }

  #cut(): Error {
    this.overdue = true;
    this.#ended = true;
    streamOf(this.#client).destroy();
    const error = new Error('the transaction did not end in time');
    this.#release(error);
    return error;
  }

  readonly #heard = (): void => undefined;
}
