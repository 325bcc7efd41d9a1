import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';
import { decodeDocs } from './index-dead.js';

/** A memory as the lexical index sees it. */
export interface IndexSource {
  readonly doc: number;
  readonly content: string;
  readonly sessionId: string | null;
  readonly speaker: string | null;
  readonly role: string | null;
  readonly occurredAt: number | null;
  readonly createdAt: number;
  readonly agentId: string | null;
  readonly metadata: Record<string, unknown>;
}

/** Memories by document number, ascending: what an index entry is made of when the store statement made none. */
export async function selectIndexSources(
  tx: TenantTransaction,
  docs: readonly number[],
): Promise<IndexSource[]> {
  return tx.query(sql<IndexSource>`
    select doc, content, session_id as "sessionId", speaker, role, occurred_at as "occurredAt",
           created_at as "createdAt", agent_id as "agentId", metadata
      from memories
     where user_id = ${tx.userId} and doc = any(${docs}::int[])
     order by doc`);
}

/**
 * The first of these memories with which those before it are more than so many bytes; `undefined` when they are not.
 */
export async function selectIndexSourceBeyond(
  tx: TenantTransaction,
  docs: readonly number[],
  bytes: number,
): Promise<number | undefined> {
  const [row] = await tx.query(sql<{ doc: number | null }>`
    select min(doc) as doc
      from (select doc, sum(octet_length(content)) over (order by doc) as bytes
              from memories
             where user_id = ${tx.userId} and doc = any(${docs}::int[])) sized
     where bytes > ${bytes}`);
  return row?.doc ?? undefined;
}

/** The document numbers of all memories, in no order, four bytes each in one value. For repairs only. */
export async function selectMemoryDocs(tx: TenantTransaction): Promise<Uint32Array> {
  const [row] = await tx.query(sql<{ docs: Uint8Array | null }>`
    select string_agg(int4send(doc), ''::bytea) as docs from memories where user_id = ${tx.userId}`);
  return decodeDocs(row?.docs);
}
