import type { Database } from '../../packages/server/src/storage/database.js';

/** Bytes of index blocks written so far. */
export interface WrittenBlocks {
  bytes: number;
}

/** The same database, which adds up the index blocks that pass through it. */
export const countingBlocks = (database: Database, written: WrittenBlocks): Database => ({
  engine: database.engine,
  close: () => database.close(),
  transaction: (scope, work, options) =>
    database.transaction(
      scope,
      (tx) =>
        work({
          query(statement) {
            if (statement.text.includes('insert into index_blocks'))
              for (const value of statement.values)
                if (value instanceof Uint8Array) written.bytes += value.length;
            return tx.query(statement);
          },
        }),
      options,
    ),
});
