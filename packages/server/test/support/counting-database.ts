import type { Database, Transaction } from '../../src/storage/database.js';
import type { Sql } from '../../src/storage/sql.js';

/** A database that counts round trips as the Postgres driver makes them. */
export interface CountingDatabase extends Database {
  /** Trips that an answer waited for since the last reset; the commit of a read is not waited for. */
  readonly trips: number;
  /** Transactions since the last reset. */
  readonly transactions: number;
  reset(): void;
}

/** Counts: statements sent while one is under way travel with it; a write's commit is one more unless it does too. */
export function counting(database: Database): CountingDatabase {
  let trips = 0;
  let transactions = 0;
  const counted = (tx: Transaction, onCommit: () => void): Transaction => {
    let underWay = 0;
    return {
      async query<Row>(statement: Sql<Row>, then?: 'commit'): Promise<Row[]> {
        if (underWay === 0) trips += 1;
        if (then === 'commit') onCommit();
        underWay += 1;
        try {
          return await tx.query(statement, then);
        } finally {
          underWay -= 1;
        }
      },
    };
  };
  return {
    engine: database.engine,
    get trips() {
      return trips;
    },
    get transactions() {
      return transactions;
    },
    reset: () => {
      trips = 0;
      transactions = 0;
    },
    async transaction(scope, work, options) {
      transactions += 1;
      let committed = options?.readOnly === true;
      const noteCommit = (): void => {
        committed = true;
      };
      const result = await database.transaction(
        scope,
        (tx) => work(counted(tx, noteCommit)),
        options,
      );
      if (!committed) trips += 1;
      return result;
    },
    close: () => database.close(),
  };
}
