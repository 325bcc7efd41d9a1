import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** The vector of a memory's text as it was under this document number. */
export interface NewVector {
  readonly doc: number;
  readonly embedding: Float32Array;
}

/**
 * Keeps vectors of memories that still have the document number; an older vector of the same memory goes.
 * The rows are locked against a forget at the same moment, whose cascade then takes the vectors too.
 */
export async function upsertVectors(
  tx: TenantTransaction,
  space: number,
  vectors: readonly NewVector[],
): Promise<void> {
  const docs = vectors.map(({ doc }) => doc);
  const texts = vectors.map(({ embedding }) => vectorText(embedding));
  await tx.query(sql`
    with alive as (
      select m.id, m.doc, made.embedding
        from unnest(${docs}::int[], ${texts}::text[]) as made (doc, embedding)
        join memories m on m.user_id = ${tx.userId} and m.doc = made.doc
         for key share of m
    )
    insert into memory_vectors (user_id, memory_id, space, doc, embedding)
    select ${tx.userId}, id, ${space}, doc, embedding::halfvec from alive
    on conflict (user_id, memory_id, space)
    do update set doc = excluded.doc, embedding = excluded.embedding`);
}

/** Keeps the vectors of memories that have got another document number and say what they said. */
export async function renumberVectors(
  tx: TenantTransaction,
  renumbered: readonly { readonly from: number; readonly to: number }[],
): Promise<void> {
  await tx.query(sql`
    update memory_vectors v set doc = m.doc
      from unnest(${renumbered.map(({ from }) => from)}::int[], ${renumbered.map(({ to }) => to)}::int[]) as r (was, is_now)
      join memories m on m.user_id = ${tx.userId} and m.doc = r.is_now
     where v.user_id = ${tx.userId} and v.memory_id = m.id and v.doc = r.was`);
}

/** Which of these memories have a vector of what they say now: their document numbers. */
export async function selectEmbedded(
  tx: TenantTransaction,
  space: number,
  memoryIds: readonly string[],
): Promise<number[]> {
  const rows = await tx.query(sql<{ doc: number }>`
    select doc from memory_vectors
     where user_id = ${tx.userId} and space = ${space} and memory_id = any(${memoryIds}::text[])`);
  return rows.map(({ doc }) => doc);
}

/** Takes away the vectors of these memories. */
export async function deleteVectors(
  tx: TenantTransaction,
  space: number,
  memoryIds: readonly string[],
): Promise<void> {
  await tx.query(sql`
    delete from memory_vectors
     where user_id = ${tx.userId} and space = ${space} and memory_id = any(${memoryIds}::text[])`);
}

/** Takes away vectors of a space, whatever memory they belong to; at most so many. Answers how many went. */
export async function deleteVectorsOfSpace(
  tx: TenantTransaction,
  space: number,
  limit: number,
): Promise<number> {
  const [row] = await tx.query(sql<{ gone: number }>`
    with batch as (
      select memory_id from memory_vectors
       where user_id = ${tx.userId} and space = ${space} limit ${limit}
    ), gone as (
      delete from memory_vectors v
       using batch
       where v.user_id = ${tx.userId} and v.space = ${space} and v.memory_id = batch.memory_id
      returning 1
    )
    select count(*)::int as gone from gone`);
  return row!.gone;
}

/** As Postgres reads a vector; half precision keeps 3 digits of it. */
export const vectorText = (vector: Float32Array): string =>
  `[${Array.from(vector, (value) => value.toPrecision(5)).join()}]`;
