import type { Socket } from 'node:net';
import pg from 'pg';
import { StellarError } from '../../domain/stellar-error.js';
import { beginStatement, defaultTimeoutMs } from '../begin-statement.js';
import type { Database, Scope, Transaction, TransactionOptions } from '../database.js';
import type { Sql } from '../sql.js';
import { leaseConnection } from './connection-lease.js';
import { fromDriverError } from './postgres-errors.js';
import { rowTypes } from './row-types.js';

/** How to reach Postgres as the app login. */
export interface PostgresOptions {
  /** Connection URL; a transaction-mode pooler is fine: nothing outlives a transaction. */
  readonly url: string;
  /** Connections at most. Default 10. */
  readonly poolSize?: number;
  /** Told of errors on idle connections, which the pool replaces by itself. */
  readonly onIdleError?: (error: Error) => void;
}

/**
 * Opens the Postgres engine. Connects on first use.
 *
 * Round trips: begin, role and tenant travel with the first statement, and statements that are not awaited in
 * between travel together. A read of one statement costs 1 trip before its answer, a write 2 (its commit).
 */
export const openPostgresDatabase = (options: PostgresOptions): Database =>
  new PostgresDatabase(options);

/** Milliseconds beyond the server's own deadline before the client cuts the connection (half-open sockets). */
const graceMs = 500;

class PostgresDatabase implements Database {
  readonly engine = 'postgres';
  readonly #pool: pg.Pool;
  #closing: Promise<void> | undefined;

  constructor(options: PostgresOptions) {
    this.#pool = new pg.Pool({
      connectionString: options.url,
      max: options.poolSize ?? 10,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      application_name: 'stellar-memory',
      pipeline: true,
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
    const client = await leaseConnection(this.#pool);
    const transaction = new PostgresTransaction(client, options);
    try {
      return await Promise.race([transaction.run(scope, work), transaction.cut]);
    } catch (error) {
      throw transaction.overdue
        ? new StellarError('deadline_exceeded', {}, error)
        : fromDriverError(error);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#pool.end();
    return this.#closing;
  }
}

/** The driver's socket, which its types keep to themselves. */
const streamOf = (client: pg.PoolClient): Socket =>
  (client as unknown as { connection: { stream: Socket } }).connection.stream;

class PostgresTransaction implements Transaction {
  overdue = false;
  readonly #client: pg.PoolClient;
  readonly #options: TransactionOptions;
  readonly #timer: NodeJS.Timeout;
  /** Rejects past the deadline, so that work which waits for something else does not hold the connection. */
  readonly cut: Promise<never>;
  #ended = false;
  #released = false;

  constructor(client: pg.PoolClient, options: TransactionOptions) {
    this.#client = client;
    this.#options = options;
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

  async run<T>(scope: Scope, work: (tx: Transaction) => Promise<T>): Promise<T> {
    // Not awaited: it travels with the first statement of `work`. If it fails, the transaction is
    // aborted and every statement behind it fails too, so nothing runs without role and tenant.
    this.#gatherWrites();
    const begun = this.#client.query(beginStatement(scope, this.#options));
    begun.catch(() => undefined);
    try {
      const result = await work(this);
      await begun;
      await this.#commit();
      return result;
    } catch (error) {
      await this.#rollback();
      // A statement behind a failed begin only says "transaction is aborted": report the begin itself.
      await begun;
      throw error;
    }
  }

  async query<Row>(statement: Sql<Row>): Promise<Row[]> {
    if (this.#ended) throw new Error('a statement came after the end of its transaction');
    try {
      const result = await this.#client.query(statement.text, statement.values as unknown[]);
      return result.rows as Row[];
    } catch (error) {
      throw fromDriverError(error);
    }
  }

  async #commit(): Promise<void> {
    this.#ended = true;
    const committed = this.#client.query('commit').then(
      (result) => {
        this.#release();
        // A commit of an aborted transaction answers ROLLBACK and no error.
        if (result.command !== 'COMMIT')
          throw new Error('the transaction was rolled back at commit');
      },
      (error: unknown) => {
        this.#release(error);
        throw error;
      },
    );
    if (this.#options.readOnly !== true) await committed;
    else committed.catch(() => undefined);
  }

  async #rollback(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    try {
      await this.#client.query('rollback');
      this.#release();
    } catch (error) {
      this.#release(error);
    }
  }

  /** Gives the connection back if it is provably idle outside a transaction, else destroys it. */
  #release(doubt?: unknown): void {
    if (this.#released) return;
    this.#released = true;
    clearTimeout(this.#timer);
    // A connection that is cut may still say so, after its release.
    if (!this.overdue) this.#client.off('error', this.#heard);
    const status = (
      this.#client as unknown as { getTransactionStatus(): string | null }
    ).getTransactionStatus();
    this.#client.release(doubt !== undefined || status !== 'I');
  }

  /** What is sent in this turn of the event loop leaves in one packet, so that the database wakes up once for it. */
  #gatherWrites(): void {
    const stream = streamOf(this.#client);
    stream.cork();
    process.nextTick(() => stream.uncork());
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
