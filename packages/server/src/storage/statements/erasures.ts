import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/**
 * Erases rows of the tenant from one of its tables, `most` at a time, and adds them to what the erasure has counted.
 * Answers how many; 0 when none is left.
 */
export async function eraseTenantRows(
  tx: TenantTransaction,
  table: string,
  most: number,
): Promise<number> {
  const [row] = await tx.query(sql<{ gone: number }>`
    with erased as (select erase_rows(${tx.userId}, ${table}::regclass, ${most}) as gone)
    update erasures
       set counts = counts || jsonb_build_object(${table}::text, coalesce((counts ->> ${table}::text)::bigint, 0) + gone)
      from erased
     where user_id = ${tx.userId}
    returning gone`);
  if (row === undefined) throw new Error('nobody asked to erase this account');
  return row.gone;
}
