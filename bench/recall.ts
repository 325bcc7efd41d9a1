import { type UserId, userId } from '../packages/server/src/domain/ids.js';
import { createLexicalIndex } from '../packages/server/src/recall/index/create-lexical-index.js';
import { textRanking } from '../packages/server/src/recall/text-ranking.js';
import { openPostgresDatabase } from '../packages/server/src/storage/postgres/postgres-database.js';
import { createTenantDoor } from '../packages/server/src/storage/tenant-door.js';
import type { BenchSize } from './foundation.js';
import { asOwner, type BenchDatabase, createDatabase, keptDatabase } from './harness/database.js';
import { fillTenant } from './harness/fill.js';
import { httpLoad } from './harness/http-load.js';
import { koreanQuery, longQueries, type QueryKind, queryKinds } from './harness/queries.js';
import { line, rounded, row, verdict } from './harness/report.js';
import { type RunningServer, startServer } from './harness/running-server.js';
import { seeded } from './harness/texts.js';

/** Tenants of one size, and what a recall of one of them may take. */
interface Size {
  readonly memories: number;
  readonly tenants: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** A million rows: small tenants among large ones. */
const million: readonly Size[] = [
  { memories: 1_000, tenants: 300, p50: 3, p99: 20 },
  { memories: 50_000, tenants: 4, p50: 3, p99: 20 },
  { memories: 500_000, tenants: 1, p50: 8, p99: 40 },
];
const few: readonly Size[] = [
  { memories: 1_000, tenants: 10, p50: 3, p99: 20 },
  { memories: 20_000, tenants: 1, p50: 3, p99: 20 },
];
const koreanEvery = 5;

/** Where the rows lie. */
export interface RecallBench {
  readonly superuserUrl: string;
  readonly size: BenchSize;
  /** A database that is kept: filled when it is not there, else asked again. */
  readonly database: string | undefined;
}

/** Recall over HTTP by tenants of every size in one database, as the app role under row security. */
export async function benchRecall({
  superuserUrl,
  size,
  database: kept,
}: RecallBench): Promise<void> {
  const database =
    kept === undefined
      ? await createDatabase(superuserUrl)
      : await keptDatabase(superuserUrl, kept);
  const server = await startServer({
    DATABASE_URL: database.appUrl,
    DATABASE_DIRECT_URL: database.ownerUrl,
  });
  try {
    const sizes = size.quick ? few : million;
    await fill(server, database, sizes);
    for (const one of sizes) await ask(server, database, one, size.seconds);
    await printIndexSize(database, sizes.at(-1)!);
  } finally {
    await server.stop();
    if (kept === undefined) await database.drop();
  }
}

const emailOf = ({ memories }: Size, number: number): string =>
  `recall-${memories}-${number}@example.com`;

/** Makes the tenants that are not there yet, small ones before and behind the large. */
async function fill(
  server: RunningServer,
  { appUrl }: BenchDatabase,
  sizes: readonly Size[],
): Promise<void> {
  const opened = openPostgresDatabase({ url: appUrl });
  const tenants = createTenantDoor(opened);
  const index = createLexicalIndex({
    tenants,
    ranking: textRanking,
    onMergeError: (error) => {
      throw error;
    },
  });
  const begun = performance.now();
  let stored = 0;
  for (const size of sizes)
    for (let number = 0; number < size.tenants; number += 1) {
      const made = await server.tryCreateUser(emailOf(size, number));
      if (made === undefined) continue;
      const filling = { user: userId(made.userId), memories: size.memories, koreanEvery };
      await fillTenant({ tenants, index }, filling);
      stored += size.memories;
    }
  await index.idle();
  await index.close();
  await opened.close();
  const seconds = (performance.now() - begun) / 1_000;
  if (stored > 0) line(`\nstored ${stored} memories in ${rounded(seconds, 0)} s, merged`);
}

async function ask(
  server: RunningServer,
  database: BenchDatabase,
  size: Size,
  seconds: number,
): Promise<void> {
  const keys = await Promise.all(
    Array.from({ length: Math.min(size.tenants, 20) }, async (_, number) =>
      server.createKey(await idOf(database, emailOf(size, number))),
    ),
  );
  line(`\nGET /recall, 1 client, ${size.tenants} tenants of ${size.memories} memories`);
  for (const kind of [...queryKinds, koreanQuery, ...longQueries])
    await askKind(server, keys, kind, size, seconds);
}

async function askKind(
  server: RunningServer,
  keys: readonly string[],
  [name, words]: QueryKind,
  { p50, p99, memories }: Size,
  seconds: number,
): Promise<void> {
  const random = seeded(memories);
  const request = (_client: number, round: number) => ({
    method: 'GET' as const,
    path: `/api/v1/recall?q=${encodeURIComponent(words(random).join(' '))}&limit=10`,
    key: keys[round % keys.length]!,
  });
  await httpLoad(server.origin, 1, Math.min(3, seconds), request);
  const run = await httpLoad(server.origin, 1, seconds, request);
  row(name, run);
  verdict(
    `p50 ≤ ${p50}, p99 ≤ ${p99} ms`,
    run.failures === 0 && run.p50 <= p50 && run.p99 <= p99,
    `${rounded(run.p50, 2)}, ${rounded(run.p99, 2)} ms`,
  );
}

async function idOf({ ownerUrl }: BenchDatabase, email: string): Promise<UserId> {
  const [user] = await asOwner<{ id: string }>(ownerUrl, 'select id from users where email = $1', [
    email,
  ]);
  return userId(user!.id);
}

async function printIndexSize(database: BenchDatabase, largest: Size): Promise<void> {
  const user = await idOf(database, emailOf(largest, 0));
  const [size] = await asOwner<{ bytes: number }>(
    database.ownerUrl,
    `select (select coalesce(sum(octet_length(data)), 0) from index_blocks where user_id = $1)::float8
          + (select coalesce(sum(octet_length(entry)), 0) from index_recent where user_id = $1)::float8 as bytes`,
    [user],
  );
  const bytes = size!.bytes / largest.memories;
  line('');
  verdict(
    `≤ 1 KB of index a memory at ${largest.memories}`,
    bytes <= 1_024,
    `${rounded(bytes, 0)} bytes`,
  );
}
