import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { type UserId, userId } from '../packages/server/src/domain/ids.js';
import { nearestPool } from '../packages/server/src/recall/ranking/fuse.js';
import { connectPostgresOwner } from '../packages/server/src/storage/migrate/postgres-owner.js';
import { ensureVectors } from '../packages/server/src/storage/migrate/vectors.js';
import { openPostgresDatabase } from '../packages/server/src/storage/postgres/postgres-database.js';
import { vectorText } from '../packages/server/src/storage/statements/memory-vectors.js';
import {
  type Near,
  type NearestRequest,
  selectNearestByGraph,
  selectNearestExactly,
} from '../packages/server/src/storage/statements/nearest-vectors.js';
import {
  createTenantDoor,
  type TenantTransaction,
} from '../packages/server/src/storage/tenant-door.js';
import type { BenchSize } from './foundation.js';
import { asOwner, type BenchDatabase, keptDatabase } from './harness/database.js';
import { httpLoad } from './harness/http-load.js';
import { closedLoop } from './harness/percentiles.js';
import { queryKinds } from './harness/queries.js';
import { line, rounded, row, verdict } from './harness/report.js';
import { type RunningServer, startServer } from './harness/running-server.js';
import { seeded } from './harness/texts.js';
import { clusteredVector, dimensions } from './harness/vectors.js';

const model = 'bench';
const nearest = 10;
const questions = 100;
/** Tenants that get vectors, by the e-mail that `bench -- recall` gave them. */
const asked = [
  { memories: 1_000, tenants: 20 },
  { memories: 50_000, tenants: 1 },
  { memories: 500_000, tenants: 1 },
] as const;

/** Where the tenants of `bench -- recall` lie. */
export interface VectorBench {
  readonly superuserUrl: string;
  readonly size: BenchSize;
  readonly database: string;
}

interface Tenant {
  readonly user: UserId;
  readonly memories: number;
}

/** Exact search against the graph, and recall by words and meaning over HTTP, in a database that `recall` filled. */
export async function benchVectors({
  superuserUrl,
  size,
  database: kept,
}: VectorBench): Promise<void> {
  const database = await keptDatabase(superuserUrl, kept);
  const tenants = await tenantsOf(database);
  const space = await fillVectors(database, tenants);
  const largest = tenants.filter(
    (one, at) => tenants.findIndex((other) => other.memories === one.memories) === at,
  );
  for (const tenant of largest) await compare(database, space, tenant);
  await askByMeaning(database, tenants, size.seconds);
}

async function tenantsOf({ ownerUrl }: BenchDatabase): Promise<Tenant[]> {
  const found: Tenant[] = [];
  for (const { memories, tenants } of asked)
    for (let number = 0; number < tenants; number += 1) {
      const [user] = await asOwner<{ id: string }>(
        ownerUrl,
        'select id from users where email = $1',
        [`recall-${memories}-${number}@example.com`],
      );
      if (user !== undefined) found.push({ user: userId(user.id), memories });
    }
  if (found.length === 0)
    throw new Error('Fill the database first: npm run bench -- recall --pg … --database …');
  return found;
}

/** Writes vectors behind the doors, without the graph, which is then built at once. Answers the space. */
async function fillVectors(database: BenchDatabase, tenants: readonly Tenant[]): Promise<number> {
  await setUp(database);
  const [made] = await asOwner<{ space: number; filled: boolean }>(
    database.ownerUrl,
    `select space, exists (select from vector_progress p where p.space = s.space) as filled
       from embedding_spaces s where model = $1`,
    [model],
  );
  const { space, filled } = made!;
  if (filled) return space;
  await asOwner(database.ownerUrl, `drop index memory_vectors_space_${space}`);
  const begun = performance.now();
  let written = 0;
  for (const { user, memories } of tenants)
    written += await fillTenant(database, space, user, memories);
  const filledAt = performance.now();
  await setUp(database);
  const seconds = (performance.now() - filledAt) / 1_000;
  line(
    `\n${written} vectors of ${dimensions} dimensions written in ${rounded((filledAt - begun) / 1_000, 0)} s, graph built in ${rounded(seconds, 0)} s`,
  );
  return space;
}

async function setUp({ ownerUrl }: BenchDatabase): Promise<void> {
  const url = new URL(ownerUrl);
  url.searchParams.set('options', '-c maintenance_work_mem=2GB');
  const owner = await connectPostgresOwner(url.href);
  await ensureVectors(owner, { model, dimensions });
  await owner.close();
}

async function fillTenant(
  { ownerUrl }: BenchDatabase,
  space: number,
  user: UserId,
  seed: number,
): Promise<number> {
  const random = seeded(seed);
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  const { rows } = await client.query<{ id: string; doc: number }>(
    'select id, doc from memories where user_id = $1 order by doc',
    [user],
  );
  for (let from = 0; from < rows.length; from += 500) {
    const some = rows.slice(from, from + 500);
    await client.query(
      `insert into memory_vectors (user_id, memory_id, space, doc, embedding)
       select $1, id, $2, doc, embedding::halfvec
         from unnest($3::text[], $4::int[], $5::text[]) as made (id, doc, embedding)`,
      [
        user,
        space,
        some.map(({ id }) => id),
        some.map(({ doc }) => doc),
        some.map(() => vectorText(clusteredVector(random))),
      ],
    );
  }
  await client.query(
    'insert into vector_progress (user_id, space, embedded_until) select user_id, $2, next_doc from tenant_usage where user_id = $1',
    [user, space],
  );
  await client.end();
  return rows.length;
}

/** What the graph finds of the ten that are nearest, and what either takes. */
async function compare(
  { appUrl }: BenchDatabase,
  space: number,
  { user, memories }: Tenant,
): Promise<void> {
  const database = openPostgresDatabase({ url: appUrl });
  const tenants = createTenantDoor(database);
  const random = seeded(99);
  const vectors = Array.from({ length: questions }, () => clusteredVector(random));
  const find = (
    how: (tx: TenantTransaction, request: NearestRequest) => Promise<Near[]>,
    at: number,
    limit: number,
  ): Promise<Near[]> =>
    tenants.withTenant(user, (tx) => how(tx, { space, vector: vectors[at % questions]!, limit }), {
      readOnly: true,
      timeoutMs: 30_000,
    });
  line(`\nthe nearest of ${memories} memories, in the node that asks`);
  const rounds = memories > 100_000 ? 20 : questions;
  let found = 0;
  for (let at = 0; at < rounds; at += 1) {
    const exact = new Set((await find(selectNearestExactly, at, nearest)).map(({ doc }) => doc));
    const graph = (await find(selectNearestByGraph, at, nearestPool)).slice(0, nearest);
    found += graph.filter(({ doc }) => exact.has(doc)).length;
  }
  const share = found / (rounds * nearest);
  for (const [name, how] of [
    ['all compared', selectNearestExactly],
    ['by the graph', selectNearestByGraph],
  ] as const) {
    let at = 0;
    row(name, await closedLoop(1, 5, async () => (await find(how, at++, nearestPool)).length > 0));
  }
  if (memories > 100_000)
    verdict('recall@10 of the graph ≥ 0.98', share >= 0.98, rounded(share, 3));
  else line(`  recall@10 of the graph ${rounded(share, 3)}`);
  await database.close();
}

/** Over HTTP, words and meaning, with vectors of queries that the node knows already. */
async function askByMeaning(
  database: BenchDatabase,
  tenants: readonly Tenant[],
  seconds: number,
): Promise<void> {
  const provider = await startProvider();
  const server = await startServer({
    DATABASE_URL: database.appUrl,
    DATABASE_DIRECT_URL: database.ownerUrl,
    EMBEDDINGS_PROVIDER: 'compatible',
    EMBEDDINGS_URL: provider.url,
    EMBEDDINGS_MODEL: model,
    EMBEDDINGS_DIMENSIONS: String(dimensions),
  });
  try {
    for (const memories of new Set(tenants.map((tenant) => tenant.memories))) {
      const users = tenants.filter((tenant) => tenant.memories === memories);
      await askSize(server, users, memories, seconds);
    }
  } finally {
    await server.stop();
    await provider.close();
  }
}

async function askSize(
  server: RunningServer,
  users: readonly Tenant[],
  memories: number,
  seconds: number,
): Promise<void> {
  const key = await server.createKey(users[0]!.user);
  const random = seeded(memories);
  const texts = Array.from({ length: questions }, (_, at) =>
    queryKinds[at % queryKinds.length]![1](random).join(' '),
  );
  const request = (_client: number, round: number) => ({
    method: 'GET' as const,
    path: `/api/v1/recall?q=${encodeURIComponent(texts[round % questions]!)}&limit=10`,
    key,
  });
  // Every query once, so that its vector is known, and as often as it takes to warm the index.
  await httpLoad(server.origin, 1, Math.max(5, seconds), request);
  const run = await httpLoad(server.origin, 1, seconds, request);
  row(`GET /recall by words and meaning, ${memories}`, run);
  verdict(
    'p50 ≤ 10, p99 ≤ 50 ms',
    run.failures === 0 && run.p50 <= 10 && run.p99 <= 50,
    `${rounded(run.p50, 2)}, ${rounded(run.p99, 2)} ms`,
  );
}

/** Answers with a vector a text, the same for the same text. */
async function startProvider(): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { input } = JSON.parse(Buffer.concat(chunks).toString()) as { input: string[] };
      const data = input.map((text, index) => ({
        index,
        embedding: [...clusteredVector(seeded(hash(text)))],
      }));
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ object: 'list', data }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const hash = (text: string): number =>
  Array.from(text).reduce((sum, letter) => (Math.imul(sum, 31) + letter.codePointAt(0)!) >>> 0, 7);
