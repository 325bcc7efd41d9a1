import type { Database, Transaction, TransactionOptions } from './database.js';
import type { Sql } from './sql.js';

declare const system: unique symbol;

/** A transaction of the system role: accounts and keys of every tenant, no memory of any. */
export interface SystemTransaction extends Transaction {
  /** The same transaction, whose next statement is its last: the commit travels with it. */
  readonly ending: SystemTransaction;
  readonly [system]: true;
}

/** The narrow way to cross-tenant work: sign-up, key look-up, billing, sweeps. */
export interface SystemDoor {
  asSystem<T>(
    work: (tx: SystemTransaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>;
}

/** Opens the system door of a database. */
export const createSystemDoor = (database: Database): SystemDoor => ({
  asSystem: (work, options) =>
    database.transaction({ role: 'stellar_system' }, (tx) => work(systemTransaction(tx)), options),
});

class OpenTransaction {
  readonly #tx: Transaction;
  readonly #then: 'commit' | undefined;

  constructor(tx: Transaction, then?: 'commit') {
    this.#tx = tx;
    this.#then = then;
  }

  get ending(): SystemTransaction {
    return systemTransaction(this.#tx, 'commit');
  }

  query<Row>(statement: Sql<Row>): Promise<Row[]> {
    return this.#tx.query(statement, this.#then);
  }
}

const systemTransaction = (tx: Transaction, then?: 'commit'): SystemTransaction =>
  new OpenTransaction(tx, then) as unknown as SystemTransaction;
