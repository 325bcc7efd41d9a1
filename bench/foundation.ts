import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createDatabase } from './harness/database.js';
import { httpLoad, type LoadRequest } from './harness/http-load.js';
import { observe, type Workers } from './harness/observe.js';
import { closedLoop, type Measurement } from './harness/percentiles.js';
import { queryKinds } from './harness/queries.js';
import { effortRow, line, rounded, row, verdict } from './harness/report.js';
import { type RunningServer, startServer } from './harness/running-server.js';
import { seeded, text } from './harness/texts.js';
import { warmUp, warmUpRule } from './harness/warm-up.js';

/** How long and how much; `quick` is for CI. */
export interface BenchSize {
  readonly quick: boolean;
  readonly seconds: number;
}

const clients = 16;
/** Words of a memory. */
export const wordsAMemory = 35;

/** Store and recall over HTTP against raw Postgres and a route that does nothing, in one run. */
export async function benchFoundation(superuserUrl: string, size: BenchSize): Promise<void> {
  const database = await createDatabase(superuserUrl);
  const server = await startServer({
    DATABASE_URL: database.appUrl,
    DATABASE_DIRECT_URL: database.ownerUrl,
  });
  try {
    const users = await Promise.all(
      Array.from({ length: clients }, (_, number) =>
        server.createUser(`bench-${number}@example.com`),
      ),
    );
    const keys = users.map((user) => user.key);
    const workers = { server: server.pid, superuserUrl };
    line(`\nHTTP, ${clients} clients, ${size.seconds} s a load; ${warmUpRule}`);
    const noop = await benchNoop(server, size);
    // Before the stores: what those leave to be done in the background is theirs.
    await benchRecall({ server, workers, keys, noop, size });
    await benchStore({ server, workers, keys, ownerUrl: database.ownerUrl, size });
    await benchManyTenants(database.ownerUrl, database.appUrl, size);
  } finally {
    await server.stop();
    await database.drop();
  }
}

async function benchNoop(server: RunningServer, size: BenchSize): Promise<Measurement> {
  const load = loadOf(server, () => ({ method: 'GET', path: '/livez' }));
  await warmUp(load);
  const noop = await load(size.seconds);
  row('GET /livez (no key, no database)', noop);
  return noop;
}

const loadOf =
  (server: RunningServer, request: (client: number) => LoadRequest) =>
  (seconds: number): Promise<Measurement> =>
    httpLoad(server.origin, clients, seconds, request);

/** A server under load. */
interface Loaded {
  readonly server: RunningServer;
  readonly workers: Workers;
  readonly keys: readonly string[];
  readonly size: BenchSize;
}

async function benchStore({
  server,
  workers,
  keys,
  ownerUrl,
  size,
}: Loaded & { readonly ownerUrl: string }): Promise<void> {
  const random = seeded(1);
  const body = () => ({ content: text(random, wordsAMemory), session_id: 's1', speaker: 'Ann' });
  const store = (key: (client: number) => string) =>
    loadOf(server, (client) => ({
      method: 'POST',
      path: '/api/v1/store',
      key: key(client),
      body: body(),
    }));
  const apart = store((client) => keys[client]!);
  await warmUp(apart);
  const raw = await rawInserts(ownerUrl, size);
  const runs = [
    ['16 tenants', 'each client its tenant', await observe(workers, () => apart(size.seconds))],
    [
      '1 tenant',
      'all clients one tenant',
      await observe(workers, () => store(() => keys[0]!)(size.seconds)),
    ],
  ] as const;
  line(`\nstore, ${clients} clients, ${wordsAMemory} words, fsync on`);
  row('raw INSERT + COMMIT of the same row', raw);
  for (const [, name, { run, effort }] of runs) {
    row(`POST /store, ${name}`, run);
    effortRow(effort);
  }
  for (const [name, , { run }] of runs) {
    const ratio = run.perSecond / raw.perSecond;
    verdict(`store ≥ 40 % of raw, ${name}`, ratio >= 0.4, `${rounded(ratio * 100, 0)} %`);
  }
}

/** The same row into a table with a primary key and nothing else, one transaction each, from this process. */
async function rawInserts(ownerUrl: string, size: BenchSize): Promise<Measurement> {
  const pool = new pg.Pool({ connectionString: ownerUrl, max: clients });
  await pool.query('create table raw_memories (like memories including defaults)');
  await pool.query('alter table raw_memories add primary key (user_id, id)');
  const random = seeded(1);
  const user = randomUUID();
  let doc = 0;
  const insert = async (): Promise<boolean> => {
    doc += 1;
    await rawInsert(pool, 'raw_memories', { user, doc, content: text(random, wordsAMemory) });
    return true;
  };
  await closedLoop(clients, 1, insert);
  const measured = await closedLoop(clients, size.seconds, insert);
  await pool.query('drop table raw_memories');
  await pool.end();
  return measured;
}

/** A table that is like the memories: with a primary key alone, or with all their indexes. */
export type RawTable = 'raw_memories' | 'indexed_memories';

/** A row of a memory into a table that is like the memories, in a transaction of its own. */
export async function rawInsert(
  pool: pg.Pool,
  table: RawTable,
  row: { readonly user: string; readonly doc: number; readonly content: string },
): Promise<void> {
  await pool.query(
    `insert into ${table} (user_id, id, doc, content, created_at, last_recalled_at, updated_at,
       metadata, arbitrary_importance, zone, total_score, session_id, speaker)
     values ($1, $2, $3, $4, $5, $5, $5, '{}', 0.5, 2, 0.425, 's1', 'Ann')`,
    [row.user, randomUUID(), row.doc, row.content, Date.now() / 1000],
  );
}

async function benchRecall({
  server,
  workers,
  keys,
  noop,
  size,
}: Loaded & { readonly noop: Measurement }): Promise<void> {
  const user = await server.createUser('bench-recall@example.com');
  await fill(server, user.key, 1_000);
  const random = seeded(3);
  const recalls = loadOf(server, () => ({
    method: 'GET',
    path: `/api/v1/recall?q=${encodeURIComponent(text(random, 4))}&limit=5`,
    key: user.key,
  }));
  await warmUp(recalls);
  const { run: recall, effort } = await observe(workers, () => recalls(size.seconds));
  const stats = await loadOf(server, (client) => ({
    method: 'GET',
    path: '/api/v1/stats',
    key: keys[client]!,
  }))(size.seconds);
  line(`\nrecall, ${clients} clients, one tenant of 1,000 memories`);
  row('GET /recall', recall);
  effortRow(effort);
  row('GET /stats (key check and one row)', stats);
  const goal = Math.min(2_000, noop.perSecond * 0.1);
  verdict(
    'recall ≥ min(2,000/s, 10 % of no-op)',
    recall.perSecond >= goal,
    `${rounded(recall.perSecond, 0)}/s = ${rounded((recall.perSecond / noop.perSecond) * 100, 0)} % of no-op`,
  );
  verdict('recall p99 < 50 ms', recall.p99 < 50, `${rounded(recall.p99, 1)} ms`);
}

/** Memories in batches, as a client stores them. */
export async function fill(server: RunningServer, key: string, memories: number): Promise<void> {
  const random = seeded(2);
  for (let stored = 0; stored < memories; stored += 100) {
    const batch = Array.from({ length: 100 }, () => ({ content: text(random, wordsAMemory) }));
    const answer = await fetch(`${server.origin}/api/v1/store/batch`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify({ memories: batch }),
    });
    if (answer.status !== 200) throw new Error(`store/batch answered ${answer.status}`);
  }
}

/** Score top-20 of one tenant among 10,000, as the app role under RLS, planning included. */
async function benchManyTenants(ownerUrl: string, appUrl: string, size: BenchSize): Promise<void> {
  const tenants = size.quick ? 2_000 : 10_000;
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query(
    `insert into users (id, email, tier) select gen_random_uuid(), 'many-' || n || '@example.com', 'free'
       from generate_series(1, $1) n`,
    [tenants],
  );
  await owner.query(
    `insert into memories (user_id, id, doc, content, created_at, last_recalled_at, updated_at, total_score, zone)
     select u.id, 'm' || n, n, 'memory ' || n, 0, 0, 0, random(), 2
       from users u cross join generate_series(1, 30) n where u.email like 'many-%'`,
  );
  await owner.query('analyze memories');
  const { rows } = await owner.query<{ id: string }>(
    "select id from users where email like 'many-%' order by id",
  );
  await owner.end();
  const app = new pg.Client({ connectionString: appUrl, pipeline: true });
  await app.connect();
  const top = await closedLoop(1, size.seconds, async (_client, round) => {
    const id = rows[(round * 7_919) % rows.length]!.id;
    const begun = app.query(
      `begin read only; set local role stellar_app; select set_config('app.current_user_id', '${id}', true)`,
    );
    const found = app.query(
      'select id, total_score from memories where user_id = $1 order by total_score desc, id limit 20',
      [id],
    );
    const ended = app.query('commit');
    await Promise.all([begun, ended]);
    return (await found).rows.length === 20;
  });
  await app.end();
  line(`\n${tenants} tenants × 30 memories, as the app role`);
  row('score top-20, planning and execution', top);
  verdict('top-20 ≤ 2 ms p50', top.p50 <= 2 && top.failures === 0, `${rounded(top.p50, 2)} ms`);
}

/** What a server on the embedded engine may take with so many memories; p50 and p99 in milliseconds. */
const embeddedSizes = [
  { memories: 10_000, p50: 5, p99: 40 },
  { memories: 50_000, p50: 10, p99: 40 },
] as const;

/** Recall on the embedded engine, and the memory of its server. */
export async function benchEmbedded(folder: string, size: BenchSize): Promise<void> {
  const server = await startServer({ STELLAR_DATA_DIR: folder });
  try {
    const user = await server.createUser('embedded@example.com');
    const random = seeded(4);
    let stored = 0;
    for (const { memories, p50, p99 } of size.quick ? embeddedSizes.slice(0, 1) : embeddedSizes) {
      await fill(server, user.key, memories - stored);
      stored = memories;
      line(`\nembedded engine, ${memories} memories, GET /recall, 1 client`);
      for (const [name, words] of queryKinds) {
        const recall = await httpLoad(server.origin, 1, size.seconds / 2, () => ({
          method: 'GET',
          path: `/api/v1/recall?q=${encodeURIComponent(words(random).join(' '))}&limit=10`,
          key: user.key,
        }));
        row(name, recall);
        verdict(
          `p50 ≤ ${p50}, p99 ≤ ${p99} ms`,
          recall.p50 <= p50 && recall.p99 <= p99,
          `${rounded(recall.p50, 2)}, ${rounded(recall.p99, 2)} ms`,
        );
      }
    }
    const mebibytes = (await server.residentBytes()) / 2 ** 20;
    verdict('resident memory ≤ 700 MB', mebibytes <= 700, `${rounded(mebibytes, 0)} MiB`);
  } finally {
    await server.stop();
  }
}
