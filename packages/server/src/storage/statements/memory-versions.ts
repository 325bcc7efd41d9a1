import type { MemoryId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** Former versions kept of one memory. With 32 KB each they are 1.6 MB at most; the oldest go first. */
export const keptVersions = 50;

/** What a memory said for a time. */
export interface FormerVersion {
  readonly content: string;
  readonly metadata: Record<string, unknown>;
  readonly importance: number;
  /** Epoch seconds. */
  readonly replacedAt: number;
  /** `overwritten` is an edit of one device that lost to another's; `merged` gave way to a store that says more. */
  readonly reason: 'edited' | 'overwritten' | 'merged';
}

/** The same with its number: 1, 2, 3, … for each memory. */
export interface NumberedVersion extends FormerVersion {
  readonly version: number;
}

/** A version and whose it is. */
export interface KeptVersion extends FormerVersion {
  readonly memoryId: MemoryId;
}

/**
 * Keeps versions, those of one memory in the order given. The caller holds the counter row's lock, so that no two take
 * one number.
 */
export async function insertVersions(
  tx: TenantTransaction,
  kept: readonly KeptVersion[],
): Promise<void> {
  const ids = [...new Set(kept.map(({ memoryId }) => memoryId))];
  await tx.query(sql`
    with given as (
      select i.*, row_number() over (partition by i."memoryId" order by i.position) as nth
        from rows from (jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as (
               "memoryId" text, content text, metadata jsonb, importance double precision,
               "replacedAt" double precision, reason text))
             with ordinality as i ("memoryId", content, metadata, importance, "replacedAt", reason, position)
    ), places as (
      select g."memoryId" as id, count(*) as added,
             coalesce((select max(v.version) from memory_versions v
                        where v.user_id = ${tx.userId} and v.memory_id = g."memoryId"), 0) as last
        from given g group by g."memoryId"
    ), oldest as (
      delete from memory_versions v using places p
       where v.user_id = ${tx.userId} and v.memory_id = any(${ids}::text[]) and v.memory_id = p.id
         and v.version <= p.last + p.added - ${keptVersions}::int
    )
    insert into memory_versions (user_id, memory_id, version, content, metadata, importance,
                                 replaced_at, reason)
    select ${tx.userId}, g."memoryId", p.last + g.nth, g.content, g.metadata, g.importance,
           g."replacedAt", g.reason
      from given g join places p on p.id = g."memoryId"
     where g.nth > p.added - ${keptVersions}::int`);
}

interface VersionRow {
  version: number;
  content: string;
  metadata: Record<string, unknown>;
  importance: number;
  replaced_at: number;
  reason: FormerVersion['reason'];
}

/** Versions of one memory below a number, the newest first. */
export async function selectVersions(
  tx: TenantTransaction,
  memoryId: MemoryId,
  { below, limit }: { readonly below: number | undefined; readonly limit: number },
): Promise<NumberedVersion[]> {
  const rows = await tx.query<VersionRow>(sql`
    select version, content, metadata, importance, replaced_at, reason
      from memory_versions
     where user_id = ${tx.userId} and memory_id = ${memoryId}
       ${below === undefined ? sql`` : sql`and version < ${below}`}
     order by version desc limit ${limit}`);
  return rows.map(({ replaced_at, ...version }) => ({
    ...version,
    replacedAt: replaced_at,
  }));
}
