import type { UserId } from '../domain/ids.js';
import type { Database, Transaction, TransactionOptions } from './database.js';

declare const tenant: unique symbol;

/** A transaction that sees one tenant's rows only. Statements on tenant tables take this and nothing else. */
export interface TenantTransaction extends Transaction {
  readonly userId: UserId;
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
      (tx) => work({ userId, query: (statement) => tx.query(statement) } as TenantTransaction),
      options,
    ),
});
