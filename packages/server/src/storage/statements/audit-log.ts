import type { AuditEntry } from '../../domain/audit.js';
import type { UserId } from '../../domain/ids.js';
import { type Sql, sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/**
 * Appends to the tenant's audit log, in the transaction of what is recorded and as its last statement but the commit:
 * the head's lock, which puts a tenant's appends in order, is taken after every other lock, so nobody deadlocks on it.
 */
export async function appendAudit(
  tx: TenantTransaction,
  { action, actor, detail }: AuditEntry,
): Promise<void> {
  await tx.query(sql`
    select append_audit(${tx.userId}, ${action}, ${actor}, ${JSON.stringify(detail)}::jsonb)`);
}

/** A row of the audit log. */
export interface AuditRow {
  readonly seq: number;
  readonly at: Date;
  readonly action: string;
  readonly actor: string;
  readonly detail: Record<string, unknown>;
  /** Hex SHA-256 over the row and the hash before it. */
  readonly hash: string;
}

/** A page of the tenant's audit log, newest first. */
export const selectAudit = (
  tx: TenantTransaction,
  before: number | undefined,
  limit: number,
): Promise<AuditRow[]> =>
  tx.query(sql<AuditRow>`
    select seq, at, action, actor, detail, hash from audit_log
     where user_id = ${tx.userId}
       ${before === undefined ? sql`` : sql`and seq < ${before}`}
     order by seq desc
     limit ${limit}`);

/** What a look at a chain found. */
export interface ChainFinding {
  readonly rows: number;
  /** The first row that is not as it was written; `null` when all are. */
  readonly brokenAt: number | null;
  /** Hash of the last row. */
  readonly head: string | null;
}

/**
 * Recomputes a chain: every row's number, hash and link to the row before, and that the last one is where the head
 * says. Where rows are missing at the end, the first missing one is told.
 */
export const chainOf = (userId: UserId): Sql<ChainFinding> => sql<ChainFinding>`
  with chain as (
    select seq, hash,
           seq = row_number() over (order by seq)
           and previous = coalesce(lag(hash) over (order by seq), repeat('0', 64))
           and hash = audit_hash(previous, user_id, seq, at, action, actor, detail) as is_whole
      from audit_log where user_id = ${userId}
  ), found as (
    select count(*) as rows, min(seq) filter (where not is_whole) as broken_at, max(seq) as last,
           (array_agg(hash order by seq desc))[1] as head
      from chain
  )
  select f.rows, f.head,
         case when f.broken_at is not null then f.broken_at
              when h.seq is distinct from f.last then least(h.seq, coalesce(f.last, 0) + 1)
              when h.hash is distinct from f.head then f.last
         end as "brokenAt"
    from found f left join audit_heads h on h.user_id = ${userId}`;

/** Looks whether the tenant's chain is whole. */
export async function verifyOwnChain(tx: TenantTransaction): Promise<ChainFinding> {
  const [row] = await tx.query(chainOf(tx.userId));
  return row!;
}
