import { userId } from '../../packages/server/src/domain/ids.js';
import { createLexicalIndex } from '../../packages/server/src/recall/index/create-lexical-index.js';
import { textRanking } from '../../packages/server/src/recall/text-ranking.js';
import { openPostgresDatabase } from '../../packages/server/src/storage/postgres/postgres-database.js';
import { createTenantDoor } from '../../packages/server/src/storage/tenant-door.js';
import { countingBlocks } from '../harness/counting-blocks.js';
import { asOwner, type BenchDatabase } from '../harness/database.js';
import { fillTenant } from '../harness/fill.js';
import { rounded } from '../harness/report.js';
import type { RunningServer } from '../harness/running-server.js';
import { storeVariants } from '../harness/store-variants.js';
import type { Goals } from './goals.js';
import type { Served } from './tenants.js';

const koreanEvery = 5;

interface Written {
  /** Bytes a memory. */
  readonly wal: number;
  readonly blocks: number;
  readonly kept: number;
}

/**
 * What a store writes: memories by the statement that a server uses, batches of 100, without the index, with the entry
 * of the index alone, and with merges as a server makes them.
 */
export async function measureWrites(
  { server, database }: Served,
  memories: number,
  goals: Goals,
): Promise<void> {
  const variant = await storeVariants(database.ownerUrl);
  await variant(new Set(['postings']));
  const without = await store(server, database, memories, false);
  await variant(new Set());
  const entry = await store(server, database, memories, false);
  const merged = await store(server, database, memories, true);
  goals.note(
    `bytes of WAL a stored memory (${memories} in batches of 100)`,
    `${bytes(without)} without index, ${bytes(entry)} with its entry, ${bytes(merged)} with merges: ${rounded(merged.wal / without.wal, 2)} times`,
  );
  goals.note(
    `bytes of index blocks a memory, kept and written (${memories})`,
    `${rounded(merged.kept, 0)} kept, ${rounded(merged.blocks, 0)} written: each ${rounded(merged.blocks / merged.kept, 1)} times`,
  );
}

const bytes = ({ wal }: Written): string => rounded(wal, 0);

async function store(
  server: RunningServer,
  { appUrl, ownerUrl }: BenchDatabase,
  memories: number,
  merge: boolean,
): Promise<Written> {
  const email = `writes-${merge}-${performance.now()}@example.com`;
  const user = userId((await server.createUser(email)).userId);
  const written = { bytes: 0 };
  const opened = countingBlocks(openPostgresDatabase({ url: appUrl }), written);
  const tenants = createTenantDoor(opened);
  const index = createLexicalIndex({
    tenants,
    ranking: textRanking,
    onMergeError: (error) => {
      throw error;
    },
  });
  // Whole pages are written to the log once after a checkpoint: alike for all when it has just been.
  await asOwner(ownerUrl, 'checkpoint');
  const before = await walBytes(ownerUrl);
  await fillTenant({ tenants, index }, { user, memories, koreanEvery, merge });
  await index.idle();
  const wal = (await walBytes(ownerUrl)) - before;
  await index.close();
  await opened.close();
  const [kept] = await asOwner<{ bytes: number }>(
    ownerUrl,
    'select coalesce(sum(octet_length(data)), 0)::float8 as bytes from index_blocks where user_id = $1',
    [user],
  );
  return { wal: wal / memories, blocks: written.bytes / memories, kept: kept!.bytes / memories };
}

async function walBytes(ownerUrl: string): Promise<number> {
  const [row] = await asOwner<{ bytes: number }>(
    ownerUrl,
    `select (pg_current_wal_insert_lsn() - '0/0')::float8 as bytes`,
  );
  return row!.bytes;
}
