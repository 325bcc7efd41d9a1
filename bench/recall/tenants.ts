import { type UserId, userId } from '../../packages/server/src/domain/ids.js';
import { createLexicalIndex } from '../../packages/server/src/recall/index/create-lexical-index.js';
import { textRanking } from '../../packages/server/src/recall/text-ranking.js';
import { openPostgresDatabase } from '../../packages/server/src/storage/postgres/postgres-database.js';
import { createTenantDoor } from '../../packages/server/src/storage/tenant-door.js';
import { countingBlocks } from '../harness/counting-blocks.js';
import { asOwner, type BenchDatabase } from '../harness/database.js';
import { line, rounded } from '../harness/report.js';
import { type RunningServer, startServer } from '../harness/running-server.js';
import { type Load, loadTenants } from './load.js';

/** Tenants of one size, and what a recall of one of them may take. */
export interface Size {
  readonly memories: number;
  readonly tenants: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Tenants that are asked in turn, so that the node has more than one of them in its cache. */
const askedTenants = 20;

const emailOf = ({ memories }: Size, number: number): string =>
  `recall-${memories}-${number}@example.com`;

/** A server and the database that it serves. */
export interface Served {
  readonly server: RunningServer;
  readonly database: BenchDatabase;
}

/** A server on a database of the bench. */
export const serve = ({ appUrl, ownerUrl }: BenchDatabase): Promise<RunningServer> =>
  startServer({ DATABASE_URL: appUrl, DATABASE_DIRECT_URL: ownerUrl });

/** Makes the tenants that are not there yet, small ones before the large. */
export async function fillTenants(
  { server, database: { appUrl, ownerUrl } }: Served,
  sizes: readonly Size[],
): Promise<void> {
  const loads: Load[] = [];
  for (const size of sizes)
    for (let number = 0; number < size.tenants; number += 1) {
      const made = await server.tryCreateUser(emailOf(size, number));
      if (made !== undefined) loads.push({ user: userId(made.userId), memories: size.memories });
    }
  if (loads.length === 0) return;
  const written = { bytes: 0 };
  const database = countingBlocks(openPostgresDatabase({ url: appUrl }), written);
  const tenants = createTenantDoor(database);
  const index = createLexicalIndex({
    tenants,
    ranking: textRanking,
    onMergeError: (error) => {
      throw error;
    },
  });
  const begun = performance.now();
  await loadTenants({ ownerUrl, tenants, index }, loads);
  await index.close();
  await database.close();
  const stored = loads.reduce((sum, { memories }) => sum + memories, 0);
  line(
    `loaded ${stored} memories of ${loads.length} tenants in ${rounded((performance.now() - begun) / 1_000, 0)} s, ${rounded(written.bytes / stored, 0)} bytes of index blocks written a memory`,
  );
}

/** Keys of the tenants of a size. */
export const keysOf = ({ server, database }: Served, size: Size): Promise<string[]> =>
  Promise.all(
    Array.from({ length: Math.min(size.tenants, askedTenants) }, async (_, number) =>
      server.createKey(await idOf(database, size, number)),
    ),
  );

/** The account of a tenant. */
export async function idOf(
  { ownerUrl }: BenchDatabase,
  size: Size,
  number: number,
): Promise<UserId> {
  const [user] = await asOwner<{ id: string }>(ownerUrl, 'select id from users where email = $1', [
    emailOf(size, number),
  ]);
  return userId(user!.id);
}
