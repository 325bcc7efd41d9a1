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
  /** `overwritten` is an edit of one device that lost to another's. */
  readonly reason: 'edited' | 'overwritten';
}

/** The same with its number: 1, 2, 3, … for each memory. */
export interface NumberedVersion extends FormerVersion {
  readonly version: number;
}

/** Keeps a version. The caller holds the counter row's lock, so that no two take one number. */
export async function insertVersion(
  tx: TenantTransaction,
  memoryId: MemoryId,
  former: FormerVersion,
): Promise<void> {
  await tx.query(sql`
    with last as (
      select coalesce(max(version), 0) as version from memory_versions
       where user_id = ${tx.userId} and memory_id = ${memoryId}
    ), oldest as (
      delete from memory_versions v using last
       where v.user_id = ${tx.userId} and v.memory_id = ${memoryId} and v.version <= last.version + 1 - ${keptVersions}::int
    )
    insert into memory_versions (user_id, memory_id, version, content, metadata, importance,
                                 replaced_at, reason)
    select ${tx.userId}, ${memoryId}, last.version + 1, ${former.content},
           ${JSON.stringify(former.metadata)}::jsonb, ${former.importance},
           ${former.replacedAt}, ${former.reason}
      from last`);
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
