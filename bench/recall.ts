import type { BenchSize } from './foundation.js';
import { asOwner, type BenchDatabase, createDatabase, keptDatabase } from './harness/database.js';
import { filteredQueries, koreanQuery, longQueries, queryKinds } from './harness/queries.js';
import { line, rounded } from './harness/report.js';
import { ask } from './recall/ask.js';
import { Goals } from './recall/goals.js';
import { compareWithAlone } from './recall/others.js';
import { fillTenants, idOf, keysOf, type Served, type Size, serve } from './recall/tenants.js';
import { measureWrites } from './recall/writes.js';

/** A million rows: small tenants among large ones. */
const million: readonly Size[] = [
  { memories: 1_000, tenants: 300, p50: 3, p99: 20 },
  { memories: 50_000, tenants: 4, p50: 3, p99: 20 },
  { memories: 500_000, tenants: 1, p50: 8, p99: 40 },
];
const few: readonly Size[] = [
  { memories: 1_000, tenants: 10, p50: 3, p99: 20 },
  { memories: 5_000, tenants: 2, p50: 3, p99: 20 },
  { memories: 20_000, tenants: 1, p50: 8, p99: 40 },
];

/** Where the rows lie, and how hard to look. */
export interface RecallBench {
  readonly superuserUrl: string;
  readonly size: BenchSize;
  /** A database that is kept: filled when it is not there, else asked again. */
  readonly database: string | undefined;
  /** Whether the process fails when a goal is missed. */
  readonly check: boolean;
}

/** Recall over HTTP by tenants of every size in one database, as the app role under row security. */
export async function benchRecall(bench: RecallBench): Promise<void> {
  const { superuserUrl, size, database: kept, check } = bench;
  const sizes = size.quick ? few : million;
  const open = (suffix: string): Promise<BenchDatabase> =>
    kept === undefined ? createDatabase(superuserUrl) : keptDatabase(superuserUrl, kept + suffix);
  const goals = new Goals();
  // First, while nothing else writes to the log.
  await dropping(await createDatabase(superuserUrl), true, (database) =>
    serving(database, (own) => measureWrites(own, size.quick ? 4_000 : 20_000, goals)),
  );
  await dropping(await open(''), kept === undefined, async (many) => {
    await serving(many, async (served) => {
      await fillTenants(served, sizes);
      line('\nGET /recall, one client');
      for (const one of sizes) await askSize(served, one, size.seconds / 2, goals);
    });
    await noteIndexSize(many, sizes.at(-1)!, goals);
    await dropping(await open('_alone'), kept === undefined, async (bare) => {
      // Servers of the same age: one that has answered for minutes is faster.
      await serving(many, (among) =>
        serving(bare, async (alone) => {
          const compared = sizes.slice(0, -1).map((one) => ({ ...one, tenants: 1 }));
          await fillTenants(alone, compared);
          for (const one of compared)
            await compareWithAlone({ alone, among, size: one }, size.seconds / 5, goals);
        }),
      );
    });
  });
  goals.print();
  if (check && goals.missed > 0) process.exitCode = 1;
}

/** Work on a database, which goes afterwards unless it is kept. */
async function dropping(
  database: BenchDatabase,
  drop: boolean,
  work: (database: BenchDatabase) => Promise<void>,
): Promise<void> {
  try {
    await work(database);
  } finally {
    if (drop) await database.drop();
  }
}

/** Work with a server of its own. */
async function serving(
  database: BenchDatabase,
  work: (served: Served) => Promise<void>,
): Promise<void> {
  const server = await serve(database);
  try {
    await work({ server, database });
  } finally {
    await server.stop();
  }
}

async function askSize(
  { server, database }: Served,
  size: Size,
  seconds: number,
  goals: Goals,
): Promise<void> {
  const keys = await keysOf({ server, database }, size);
  for (const kind of [...queryKinds, koreanQuery, ...longQueries]) {
    await ask(server, keys, kind, Math.min(2, seconds));
    const run = await ask(server, keys, kind, seconds, { seed: size.memories });
    goals.latency(`${size.memories} memories, ${kind[0]}`, run, size);
  }
  for (const { kind, filter } of filteredQueries) {
    const further = { filter: (random: () => number) => filter(random, size.memories) };
    await ask(server, keys, kind, 1, further);
    const run = await ask(server, keys, kind, seconds / 2, further);
    goals.latency(`${size.memories} memories, ${kind[0]}`, run, size);
  }
}

async function noteIndexSize(database: BenchDatabase, largest: Size, goals: Goals): Promise<void> {
  const user = await idOf(database, largest, 0);
  const [size] = await asOwner<{ bytes: number }>(
    database.ownerUrl,
    `select (select coalesce(sum(octet_length(data)), 0) from index_blocks where user_id = $1)::float8
          + (select coalesce(sum(octet_length(entry)), 0) from index_recent where user_id = $1)::float8 as bytes`,
    [user],
  );
  const bytes = size!.bytes / largest.memories;
  goals.hold(
    `index of ${largest.memories} memories`,
    `${rounded(bytes, 0)} bytes a memory`,
    '≤ 1,024',
    bytes <= 1_024,
  );
}
