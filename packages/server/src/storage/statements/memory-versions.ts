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

/** A version, its number and whose it is. */
export interface WholeVersion extends NumberedVersion {
  readonly memoryId: MemoryId;
}

/** The next versions behind one, by memory and number: the primary key's order, which no edit changes. */
export const selectVersionsBehind = (
  tx: TenantTransaction,
  after: Pick<WholeVersion, 'memoryId' | 'version'> | undefined,
  limit: number,
): Promise<WholeVersion[]> =>
  tx.query(sql<WholeVersion>`
    select memory_id as "memoryId", version, content, metadata, importance, replaced_at as "replacedAt", reason
      from memory_versions
     where user_id = ${tx.userId}
       ${after === undefined ? sql`` : sql`and (memory_id, version) > (${after.memoryId}, ${after.version}::int)`}
     order by memory_id, version limit ${limit}`);

/**
 * Takes versions in with the numbers that they had elsewhere, where there is their memory; those that are there stay.
 * Of each memory the last are kept.
 */
export async function takeVersions(
  tx: TenantTransaction,
  versions: readonly WholeVersion[],
): Promise<void> {
  const ids = [...new Set(versions.map(({ memoryId }) => memoryId))];
  await Promise.all([
    tx.query(sql`
      insert into memory_versions (user_id, memory_id, version, content, metadata, importance, replaced_at, reason)
      select m.user_id, m.id, v.version, v.content, v.metadata, v.importance, v."replacedAt", v.reason
        from jsonb_to_recordset(${JSON.stringify(versions)}::jsonb) as v (
             "memoryId" text, version integer, content text, metadata jsonb, importance double precision,
             "replacedAt" double precision, reason text)
        join memories m on m.user_id = ${tx.userId} and m.id = v."memoryId"
      on conflict (user_id, memory_id, version) do nothing`),
    tx.query(sql`
      delete from memory_versions v
       where v.user_id = ${tx.userId} and v.memory_id = any(${ids}::text[])
         and v.version <= (select max(l.version) - ${keptVersions}::int from memory_versions l
                            where l.user_id = ${tx.userId} and l.memory_id = v.memory_id)`),
  ]);
}
