import type { UserId } from '../domain/ids.js';
import type { Database, Transaction, TransactionOptions } from './database.js';
import type { Sql } from './sql.js';

declare const tenant: unique symbol;

/** A transaction that sees one tenant's rows only. Statements on tenant tables take this and nothing else. */
export interface TenantTransaction extends Transaction {
  readonly userId: UserId;
  /** The same transaction, whose next statement is its last: the commit travels with it. */
  readonly ending: TenantTransaction;
  readonly [tenant]: true;
}

/** The only way to a tenant's rows. */
export interface TenantDoor {
  withTenant<T>(
    userId: UserId,
    work: (tx: TenantTransaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>;
}

/** Opens the door of a database. */
export const createTenantDoor = (database: Database): TenantDoor => ({
  withTenant: (userId, work, options) =>
    database.transaction(
      { role: 'stellar_app', userId },
      (tx) => work(tenantTransaction(tx, userId)),
      options,
    ),
});

class OpenTransaction {
  readonly userId: UserId;
  readonly #tx: Transaction;
  readonly #then: 'commit' | undefined;

  constructor(tx: Transaction, userId: UserId, then?: 'commit') {
    this.userId = userId;
    this.#tx = tx;
    this.#then = then;
  }

  get ending(): TenantTransaction {
    return tenantTransaction(this.#tx, this.userId, 'commit');
  }

  query<Row>(statement: Sql<Row>, then = this.#then): Promise<Row[]> {
    return this.#tx.query(statement, then);
  }
}

const tenantTransaction = (tx: Transaction, userId: UserId, then?: 'commit'): TenantTransaction =>
  new OpenTransaction(tx, userId, then) as unknown as TenantTransaction;
