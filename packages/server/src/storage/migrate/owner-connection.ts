import type { SqlValue } from '../sql.js';

/**
 * One session of the schema's owner: what migrations run on, never a request.
 *
 * A single, direct session (no transaction-mode pooler): advisory locks and `set` outlive a statement.
 * Calls come one after another, never in parallel. Both reject with a `DatabaseError` that carries the
 * SQLSTATE and the driver's error as its cause; a lost session gives SQLSTATE `08006`.
 */
export interface OwnerConnection {
  readonly engine: 'postgres' | 'embedded';
  /**
   * Sends the text as it is, by the simple protocol. One statement runs by itself (so that
   * `create index concurrently` works); several are one transaction unless the text says otherwise.
   */
  exec(text: string): Promise<void>;
  /**
   * One statement with parameters `$1`, `$2`, …; outside a transaction it commits at once.
   * Ask only for text, int4, float8, boolean and text[]: drivers agree about those.
   */
  query<Row>(text: string, values?: readonly SqlValue[]): Promise<Row[]>;
  /** Ends the session. */
  close(): Promise<void>;
}
