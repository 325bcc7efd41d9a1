import { StellarError } from '../../domain/stellar-error.js';
import { beginStatements, defaultTimeoutMs } from '../begin-statement.js';
import type { Scope, Transaction, TransactionOptions } from '../database.js';
import { DatabaseError, fromSqlState } from '../database-error.js';
import type { Sql } from '../sql.js';
import type { Session } from './session.js';

/**
 * Runs `work` in one transaction of the session and leaves the session idle, or the engine stopped.
 *
 * The deadline is kept here, since the engine knows no `statement_timeout`: a statement that overruns is
 * ended with the engine's thread, and the caller starts a new one on the same files.
 */
export async function runTransaction<T>(
  session: Session,
  scope: Scope,
  work: (tx: Transaction) => Promise<T>,
  options: TransactionOptions,
): Promise<T> {
  const transaction = new EmbeddedTransaction(session);
  const deadline = new Deadline(options.timeoutMs ?? defaultTimeoutMs);
  try {
    return await deadline.race(transaction.run(scope, work, options));
  } catch (error) {
    if (!deadline.passed) throw portError(error);
    await transaction.abandon();
    throw new StellarError('deadline_exceeded', {}, error);
  } finally {
    deadline.clear();
  }
}

const portError = (error: unknown): unknown =>
  error instanceof DatabaseError
    ? fromSqlState(error.sqlState, error.constraint, error.cause)
    : error;

class EmbeddedTransaction implements Transaction {
  readonly #session: Session;
  #ended = false;
  #committed: Promise<string> | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  async run<T>(
    scope: Scope,
    work: (tx: Transaction) => Promise<T>,
    options: TransactionOptions,
  ): Promise<T> {
    // Not awaited: it travels with the first statement of `work`. If it fails, so does everything behind it.
    const begun = this.#session.simple(beginStatements(scope, options).join('; '));
    begun.catch(() => undefined);
    try {
      const result = await work(this);
      await this.#commit(options.readOnly === true);
      await begun;
      return result;
    } catch (error) {
      await this.#rollback();
      await begun;
      throw error;
    }
  }

  async query<Row>(statement: Sql<Row>, then?: 'commit'): Promise<Row[]> {
    if (this.#ended) throw new Error('a statement came after the end of its transaction');
    try {
      const rows = this.#session.query(statement);
      if (then === 'commit') void this.#sendCommit();
      return await rows;
    } catch (error) {
      throw portError(error);
    }
  }

  /** Ends it from outside, past its deadline. */
  async abandon(): Promise<void> {
    this.#ended = true;
    if (this.#session.engine.busy) await this.#session.engine.terminate();
    else if (this.#session.status !== 'I') await this.#session.simple('rollback');
  }

  async #commit(readOnly: boolean): Promise<void> {
    const committed = this.#committed ?? this.#sendCommit();
    // Nothing to lose in a read: its answer need not wait, and the next transaction queues behind the commit.
    if (!readOnly && (await committed) !== 'COMMIT')
      throw new Error('the transaction was rolled back at commit');
  }

  #sendCommit(): Promise<string> {
    this.#ended = true;
    const committed = this.#session.simple('commit');
    // Who waits for it is told; in a transaction that failed before, nobody does.
    committed.catch(() => undefined);
    this.#committed = committed;
    return committed;
  }

  async #rollback(): Promise<void> {
    if (this.#session.engine.lost !== undefined) return;
    await this.#committed?.catch(() => undefined);
    // A commit behind a failed statement has rolled back already.
    if (this.#committed !== undefined && this.#session.status === 'I') return;
    this.#ended = true;
    if (this.#session.doubtful) await this.#session.engine.terminate();
    else await this.#session.simple('rollback');
  }
}

class Deadline {
  passed = false;
  readonly #timer: NodeJS.Timeout;
  readonly #overdue: Promise<never>;

  constructor(timeoutMs: number) {
    let pass: (error: Error) => void;
    this.#overdue = new Promise((_, reject) => {
      pass = reject;
    });
    this.#overdue.catch(() => undefined);
    this.#timer = setTimeout(() => {
      // An answer may already be here while the event loop was held up: let it be read first.
      setImmediate(() => {
        this.passed = true;
        pass(new Error(`the transaction took longer than ${timeoutMs} ms`));
      });
    }, timeoutMs);
  }

  race<T>(running: Promise<T>): Promise<T> {
    // Past the deadline nobody waits for it any more, and its failure was reported as the deadline.
    running.catch(() => undefined);
    return Promise.race([running, this.#overdue]);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
