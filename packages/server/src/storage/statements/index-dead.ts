import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/**
 * Marks documents dead in the transaction that forgets or renumbers them, and takes away their recent entries, so
 * that the words of a forgotten memory do not wait for a merge.
 *
 * The version is the tenant's at that moment, whether the transaction raises it before or after: readers that know
 * version v ask from v on.
 */
export async function insertDead(tx: TenantTransaction, docs: readonly number[]): Promise<void> {
  await tx.query(sql`
    with gone as (
      delete from index_recent where user_id = ${tx.userId} and doc = any(${docs}::int[])
    )
    insert into index_dead (user_id, version, doc)
    select u.user_id, u.version, d.doc
      from tenant_usage u cross join unnest(${docs}::int[]) as d (doc)
     where u.user_id = ${tx.userId}
    on conflict do nothing`);
}

/**
 * Documents that died between two versions, both included, in no order. They travel as one value of four bytes each: a tenant
 * of 500,000 memories may have 100,000 dead, and as rows they would cost ten times as much.
 */
export async function selectDead(
  tx: TenantTransaction,
  sinceVersion: number,
  untilVersion = Number.MAX_SAFE_INTEGER,
): Promise<Uint32Array> {
  const [row] = await tx.query(sql<{ docs: Uint8Array | null }>`
    select string_agg(int4send(doc), ''::bytea) as docs
      from index_dead
     where user_id = ${tx.userId} and version between ${sinceVersion} and ${untilVersion}`);
  return decodeDocs(row?.docs);
}

/** Document numbers that were sent as four bytes each. */
export function decodeDocs(bytes: Uint8Array | null | undefined): Uint32Array {
  if (bytes === null || bytes === undefined) return new Uint32Array(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: bytes.byteLength / 4 }, (_, at) => view.getUint32(at * 4));
}

/** Removes documents that no segment and no recent row holds any more. */
export async function deleteDead(tx: TenantTransaction, docs: Uint32Array): Promise<void> {
  if (docs.length === 0) return;
  await tx.query(sql`
    delete from index_dead where user_id = ${tx.userId} and doc = any(${Array.from(docs)}::int[])`);
}
