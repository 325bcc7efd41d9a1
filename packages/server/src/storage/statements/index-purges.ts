import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/**
 * Notes that what is dead by the end of this transaction has been erased and must leave the index. The caller has the
 * counter row's lock.
 *
 * @param at when, epoch seconds; what waits already is not put off
 */
export async function notePurge(tx: TenantTransaction, at: number): Promise<void> {
  // What died in this transaction has the version that it leaves behind, at most.
  await tx.query(sql`
    update tenant_usage
       set purges_at = coalesce(purges_at, ${at}), purge_version = version + 1
     where user_id = ${tx.userId}`);
}

/** The version up to which dead documents must leave the index by now; `undefined` when nothing is due. */
export async function selectPurge(tx: TenantTransaction, now: number): Promise<number | undefined> {
  const [row] = await tx.query(sql<{ version: number }>`
    select purge_version as version from tenant_usage
     where user_id = ${tx.userId} and purges_at <= ${now}`);
  return row?.version;
}

/** All of them have left up to this version; what was erased meanwhile is due then. */
export async function endPurge(
  tx: TenantTransaction,
  version: number,
  then: number,
): Promise<void> {
  await tx.query(sql`
    update tenant_usage
       set purges_at = case when purge_version > ${version} then ${then}::float8 end,
           purge_version = case when purge_version > ${version} then purge_version end
     where user_id = ${tx.userId}`);
}
