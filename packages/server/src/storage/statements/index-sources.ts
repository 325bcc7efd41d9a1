import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** A memory as the lexical index sees it. */
export interface IndexSource {
  readonly doc: number;
  readonly content: string;
  readonly sessionId: string | null;
  readonly speaker: string | null;
  readonly role: string | null;
  readonly occurredAt: number | null;
}

/** Memories by document number, ascending: what an index entry is made of when the store statement made none. */
export async function selectIndexSources(
  tx: TenantTransaction,
  docs: readonly number[],
): Promise<IndexSource[]> {
  return tx.query(sql<IndexSource>`
    select doc, content, session_id as "sessionId", speaker, role, occurred_at as "occurredAt"
      from memories
     where user_id = ${tx.userId} and doc = any(${docs}::int[])
     order by doc`);
}
