import type { UserId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/** What is left to embed. */
export interface VectorBacklog {
  /** Tenants with memories behind the mark. */
  readonly tenants: number;
  /** Document numbers behind it: at least as many as memories. */
  readonly documents: number;
  /** Document numbers there are. */
  readonly all: number;
  /** Memories that the model did not take. */
  readonly refused: number;
}

/** Adds up what is left, over all tenants. Reads every counter row: for a look now and then. */
export async function selectBacklog(tx: SystemTransaction, space: number): Promise<VectorBacklog> {
  const [row] = await tx.query(sql<VectorBacklog>`
    select count(*) filter (where left_over > 0) as tenants,
           coalesce(sum(left_over), 0)::bigint as documents,
           coalesce(sum(next_doc), 0)::bigint as all,
           coalesce(sum(refused), 0)::bigint as refused
      from (select u.next_doc, p.refused, u.next_doc - coalesce(p.embedded_until, 0) as left_over
              from tenant_usage u
              left join vector_progress p on p.user_id = u.user_id and p.space = ${space}) behind`);
  return row!;
}

/** Tenants whose memories are not all embedded and whom no node works on, by id, behind this one. */
export async function selectTenantsBehind(
  tx: SystemTransaction,
  space: number,
  after: UserId | undefined,
  limit: number,
): Promise<UserId[]> {
  const rows = await tx.query(sql<{ userId: UserId }>`
    select u.user_id as "userId"
      from tenant_usage u
      left join vector_progress p on p.user_id = u.user_id and p.space = ${space}
     where u.next_doc > coalesce(p.embedded_until, 0)
       and (p.claimed_until is null or p.claimed_until < now())
       ${after === undefined ? sql`` : sql`and u.user_id > ${after}`}
     order by u.user_id
     limit ${limit}`);
  return rows.map(({ userId }) => userId);
}

/** Tenants who have, or had begun to get, vectors of the space, by id. */
export async function selectTenantsOfSpace(
  tx: SystemTransaction,
  space: number,
  limit: number,
): Promise<UserId[]> {
  const rows = await tx.query(sql<{ userId: UserId }>`
    select user_id as "userId" from vector_progress where space = ${space} order by user_id limit ${limit}`);
  return rows.map(({ userId }) => userId);
}
