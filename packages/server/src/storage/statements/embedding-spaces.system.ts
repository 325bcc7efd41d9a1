import { DatabaseError } from '../database-error.js';
import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/** Vectors of one model and dimension: what can be compared with each other. */
export interface EmbeddingSpace {
  /** Its number, which each vector carries. */
  readonly space: number;
  readonly model: string;
  readonly dimensions: number;
}

/** SQLSTATE undefined_table. */
const noTable = '42P01';

/** Every space, oldest first; none where vectors were never set up. */
export async function selectSpaces(tx: SystemTransaction): Promise<EmbeddingSpace[]> {
  try {
    return await tx.query(sql<EmbeddingSpace>`
      select space, model, dimensions from embedding_spaces order by space`);
  } catch (error) {
    if (error instanceof DatabaseError && error.sqlState === noTable) return [];
    throw error;
  }
}
