import type { V1Fields, Zone } from '@stellar-memory/protocol';
import type { MemoryId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** A memory with all that its rows hold. Times are epoch seconds. */
export interface WholeMemory {
  readonly id: MemoryId;
  readonly content: string;
  readonly metadata: Record<string, unknown>;
  readonly importance: number;
  readonly zone: Zone;
  readonly score: number;
  readonly recallCount: number;
  readonly lastRecalledAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly occurredAt: number | null;
  readonly agentId: string | null;
  readonly sessionId: string | null;
  readonly speaker: string | null;
  readonly role: string | null;
  readonly pinned: boolean;
  readonly encrypted: boolean | null;
  readonly sourceType: string | null;
  readonly sourceUrl: string | null;
  readonly ingestedAt: number | null;
  readonly vectorClock: Record<string, unknown> | null;
  readonly embedding: Uint8Array | null;
}

/**
 * The next memories behind an id, by id: the primary key's order, which no edit changes. The page is cut before its
 * recalls are looked up, so that a page never costs more than a page.
 */
export const selectBehind = (
  tx: TenantTransaction,
  after: string | undefined,
  limit: number,
): Promise<WholeMemory[]> =>
  tx.query(sql<WholeMemory>`
    select m.id, m.content, m.metadata, m.arbitrary_importance as importance, m.zone, m.total_score as score,
           m.recall_count + coalesce(r.recall_count, 0) as "recallCount",
           coalesce(r.last_recalled_at, case when m.recall_count > 0 then m.last_recalled_at end) as "lastRecalledAt",
           m.created_at as "createdAt", m.updated_at as "updatedAt", m.occurred_at as "occurredAt",
           m.agent_id as "agentId", m.session_id as "sessionId", m.speaker, m.role, m.pinned,
           m.encrypted, m.source_type as "sourceType", m.source_url as "sourceUrl",
           m.ingested_at as "ingestedAt", m.vector_clock as "vectorClock", m.embedding
      from (select * from memories
             where user_id = ${tx.userId}
               ${after === undefined ? sql`` : sql`and id > ${after}`}
             order by id
             limit ${limit}) m
      left join memory_recalls r on r.user_id = m.user_id and r.memory_id = m.id
     order by m.id`);

/** Which of these ids the tenant has already. */
export async function existingIds(
  tx: TenantTransaction,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows = await tx.query(sql<{ id: string }>`
    select id from memories where user_id = ${tx.userId} and id = any(${ids})`);
  return new Set(rows.map(({ id }) => id));
}

/** What a memory has lived through that storing it anew does not say. */
export interface MemoryHistory {
  readonly id: string;
  readonly recallCount: number;
  /** `null` when it was never recalled. */
  readonly lastRecalledAt: number | null;
  readonly updatedAt: number;
  readonly v1: V1Fields | undefined;
}

const toRow = ({ id, recallCount, lastRecalledAt, updatedAt, v1 = {} }: MemoryHistory): object => ({
  id,
  recall_count: recallCount,
  last_recalled_at: lastRecalledAt,
  updated_at: updatedAt,
  encrypted: v1.encrypted ?? false,
  source_type: v1.source_type === undefined ? 'user' : v1.source_type,
  source_url: v1.source_url ?? null,
  ingested_at: v1.ingested_at ?? null,
  vector_clock: v1.vector_clock ?? {},
  embedding: v1.embedding ?? null,
});

/** Gives memories, stored before in the same transaction, the recalls and times that they had elsewhere. */
export async function writeHistories(
  tx: TenantTransaction,
  histories: readonly MemoryHistory[],
): Promise<void> {
  await tx.query(sql`
    update memories m
       set recall_count = h.recall_count, last_recalled_at = coalesce(h.last_recalled_at, m.created_at),
           updated_at = h.updated_at, encrypted = h.encrypted, source_type = h.source_type,
           source_url = h.source_url, ingested_at = h.ingested_at, vector_clock = h.vector_clock,
           embedding = decode(h.embedding, 'base64')
      from jsonb_to_recordset(${JSON.stringify(histories.map(toRow))}::jsonb) as h (
           id text, recall_count integer, last_recalled_at double precision, updated_at double precision,
           encrypted boolean, source_type text, source_url text, ingested_at double precision,
           vector_clock jsonb, embedding text)
     where m.user_id = ${tx.userId} and m.id = h.id`);
}
