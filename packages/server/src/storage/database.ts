import type { UserId } from '../domain/ids.js';
import type { Sql } from './sql.js';

/** Who a transaction acts as; the owner of the schema only migrates. A tenant scope always names its tenant; the system role never has one. */
export type Scope =
  | { readonly role: 'stellar_app'; readonly userId: UserId }
  | { readonly role: 'stellar_system' };

/** How a transaction runs. */
export interface TransactionOptions {
  /**
   * Reads from one snapshot (REPEATABLE READ READ ONLY, or a single statement's own); the commit is not waited for.
   */
  readonly readOnly?: boolean;
  /** Milliseconds for the whole transaction, enforced by the server and by the client. Default 5,000. */
  readonly timeoutMs?: number;
}

/** An open transaction. Statements that are not awaited in between travel in one round trip. */
export interface Transaction {
  /**
   * Runs a statement. With `then: 'commit'` it is the transaction's last and the commit travels with it, which saves
   * a round trip; what `work` does afterwards can no longer be rolled back. The transaction still answers only when
   * the commit has succeeded.
   */
  query<Row>(statement: Sql<Row>, then?: 'commit'): Promise<Row[]>;
}

/**
 * The database port: two engines implement it, `register-database-tests` holds both to it.
 *
 * Row values are the same on both: int8 is a number (an error beyond 2^53), timestamptz a Date,
 * jsonb parsed, bytea a Uint8Array, uuid and text strings.
 *
 * Errors: `unavailable` when no connection can be had, `deadline_exceeded` past the deadline,
 * `storage_full` when the disk is full; every other database error is a `DatabaseError` with its SQLSTATE.
 */
export interface Database {
  readonly engine: 'postgres' | 'embedded';
  /**
   * Runs `work` in one transaction as `scope.role`, with `app.current_user_id` set for that transaction only.
   * Commits when `work` resolves and rolls back when it rejects. A connection in doubt is destroyed.
   */
  transaction<T>(
    scope: Scope,
    work: (tx: Transaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>;
  /** Waits for running transactions, then closes. Later calls fail with `unavailable`. */
  close(): Promise<void>;
}
