// The lexical index by itself, without HTTP: what it takes to load, to hold and to ask.
// npx tsx --conditions=stellar:source bench/recall-index.ts [memories …] [--engine embedded] [--pg <superuser url>]
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type UserId, userId } from '../packages/server/src/domain/ids.js';
import {
  createLexicalIndex,
  type RunningLexicalIndex,
} from '../packages/server/src/recall/index/create-lexical-index.js';
import type { TextRanking } from '../packages/server/src/recall/index/text-ranking.js';
import { textRanking } from '../packages/server/src/recall/text-ranking.js';
import type { Database } from '../packages/server/src/storage/database.js';
import { openEmbeddedDatabase } from '../packages/server/src/storage/embedded/embedded-database.js';
import { migrateUp } from '../packages/server/src/storage/migrate/migrate.js';
import type { OwnerConnection } from '../packages/server/src/storage/migrate/owner-connection.js';
import { connectPostgresOwner } from '../packages/server/src/storage/migrate/postgres-owner.js';
import { openPostgresDatabase } from '../packages/server/src/storage/postgres/postgres-database.js';
import { selectMemoriesByDoc } from '../packages/server/src/storage/statements/memories.js';
import { createTenantDoor, type TenantDoor } from '../packages/server/src/storage/tenant-door.js';
import { startPostgres } from '../scripts/postgres.mjs';
import { countingBlocks, type WrittenBlocks } from './harness/counting-blocks.js';
import { createDatabase } from './harness/database.js';
import { fillTenant, wordsAMemory } from './harness/fill.js';
import { closedLoop, measurement } from './harness/percentiles.js';
import { queryKinds } from './harness/queries.js';
import { line, machine, rounded, row } from './harness/report.js';
import { seeded } from './harness/texts.js';

const seconds = 3;

interface Bench {
  readonly database: Database;
  readonly tenants: TenantDoor;
  readonly owner: OwnerConnection;
  readonly written: WrittenBlocks;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    engine: { type: 'string', default: 'postgres' },
    pg: { type: 'string' },
    // How much of a store is the index: without merges nothing but the entry is left of it.
    unmerged: { type: 'boolean', default: false },
    // What reading and decoding cost: the postings of all terms are asked for and not ranked.
    unranked: { type: 'boolean', default: false },
  },
});
const sizes = positionals.length > 0 ? positionals.map(Number) : [1_000, 50_000];

async function onEmbedded(
  work: (database: Database, owner: OwnerConnection) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'stellar-bench-'));
  const database = await openEmbeddedDatabase({ dataDir: folder });
  const owner = database.openOwner();
  await migrateUp(owner);
  await work(database, owner);
  await database.close();
  await rm(folder, { recursive: true, force: true });
}

async function onPostgres(
  work: (database: Database, owner: OwnerConnection) => Promise<void>,
): Promise<void> {
  const postgres = values.pg === undefined ? await startPostgres() : undefined;
  const made = await createDatabase(values.pg ?? postgres!.url);
  const owner = await connectPostgresOwner(made.ownerUrl);
  await migrateUp(owner, { appLogin: { name: 'stellar_app', password: 'bench' } });
  const database = openPostgresDatabase({ url: made.appUrl });
  await work(database, owner);
  await database.close();
  await owner.close();
  await made.drop();
  await postgres?.stop();
}

const unranked: TextRanking = {
  ...textRanking,
  prepare(query) {
    const { terms } = textRanking.prepare(query);
    return {
      terms,
      rank(view, limit) {
        const found = terms.map((term) => view.postings(term).docs).find((docs) => docs.length > 0);
        return Array.from(found?.subarray(0, limit) ?? [], (doc) => ({ doc, score: 1 }));
      },
    };
  },
};

const newIndex = ({ tenants }: Bench): RunningLexicalIndex =>
  createLexicalIndex({
    tenants,
    ranking: values.unranked ? unranked : textRanking,
    onMergeError: (error) => {
      throw error;
    },
  });

async function benchSize(bench: Bench, memories: number): Promise<void> {
  line(`\n${memories} memories of ${wordsAMemory} words, one tenant, ${bench.database.engine}`);
  const user = await newUser(bench.owner);
  await load(bench, user, memories);
  await printSize(bench, user, memories);
  await askCold(bench, user);
  await askWarm(bench, user);
}

async function newUser(owner: OwnerConnection): Promise<UserId> {
  const id = userId(randomUUID());
  await owner.query(`insert into users (id, email, tier) values ($1, $2, 'free')`, [
    id,
    `${id}@example.com`,
  ]);
  await owner.query('insert into tenant_usage (user_id) values ($1)', [id]);
  return id;
}

async function load(bench: Bench, user: UserId, memories: number): Promise<void> {
  const index = newIndex(bench);
  bench.written.bytes = 0;
  const cpu = await startCpu(bench);
  const begun = performance.now();
  await fillTenant({ ...bench, index }, { user, memories, merge: !values.unmerged });
  const stored = performance.now() - begun;
  await index.idle();
  const behind = performance.now() - begun - stored;
  line(
    `  stored ${rounded((memories / stored) * 1000, 0)}/s, merges done ${rounded(behind / 1000, 1)} s later; CPU a memory: ${await cpu(memories)}`,
  );
  await index.close();
}

async function printSize({ owner, written }: Bench, user: UserId, memories: number): Promise<void> {
  const [size] = await owner.query<{
    bytes: number;
    blocks: number;
    disk: number;
    segments: string;
  }>(
    `select (select coalesce(sum(octet_length(data)), 0)::float8 from index_blocks where user_id = $1) as bytes,
            (select count(*)::float8 from index_blocks where user_id = $1) as blocks,
            (pg_total_relation_size('index_blocks') + pg_total_relation_size('index_recent')
              + pg_total_relation_size('index_dead'))::float8 as disk,
            coalesce((select string_agg(e->>'documents', ' ') from index_states s, jsonb_array_elements(s.segments) e
              where s.user_id = $1), 'none') as segments`,
    [user],
  );
  line(
    `  ${rounded(size!.bytes / memories, 0)} bytes of index a memory in ${size!.blocks} blocks, each written ${rounded(written.bytes / size!.bytes, 1)} times; segments of ${size!.segments}`,
  );
  line(`  ${rounded(size!.disk / 1e6, 1)} MB of index tables of all tenants so far, before vacuum`);
}

/** A recall as the use case does it: rank, then read the best ten. */
async function ask(
  { tenants }: Bench,
  user: UserId,
  index: RunningLexicalIndex,
  words: readonly string[],
): Promise<boolean> {
  await tenants.withTenant(
    user,
    async (tx) => {
      const hits = await index.search(tx, { text: words.join(' '), limit: 10 });
      return selectMemoriesByDoc(
        tx,
        hits.map((hit) => hit.doc),
      );
    },
    { readOnly: true },
  );
  return true;
}

async function askCold(bench: Bench, user: UserId): Promise<void> {
  const random = seeded(3);
  const times: number[] = [];
  for (let round = 0; round < 20; round++) {
    const index = newIndex(bench);
    const begun = performance.now();
    await ask(bench, user, index, queryKinds[round % queryKinds.length]![1](random));
    times.push(performance.now() - begun);
    await index.close();
  }
  row('nothing cached', measurement(times, times.reduce((sum, ms) => sum + ms, 0) / 1000));
}

async function askWarm(bench: Bench, user: UserId): Promise<void> {
  const random = seeded(7);
  const index = newIndex(bench);
  for (const [name, words] of queryKinds) {
    const once = () => ask(bench, user, index, words(random));
    await closedLoop(1, 1, once);
    const cpu = await startCpu(bench);
    const run = await closedLoop(1, seconds, once);
    row(name, run);
    line(
      `    CPU a recall: ${await cpu(run.operations)}; cache ${rounded(index.cacheBytes / 1e6, 1)} MB`,
    );
  }
  await index.close();
}

/** CPU time of this process and of the database's sessions from now on, per operation. */
async function startCpu(bench: Bench): Promise<(operations: number) => Promise<string>> {
  const before = { node: process.cpuUsage(), postgres: await postgresCpuMs(bench) };
  return async (operations) => {
    const { user, system } = process.cpuUsage(before.node);
    const node = `${rounded((user + system) / 1000 / operations, 3)} ms node`;
    if (bench.database.engine === 'embedded') return `${node}, engine included`;
    const postgres = (await postgresCpuMs(bench)) - before.postgres;
    return `${node}, ${rounded(postgres / operations, 3)} ms Postgres`;
  };
}

/** Milliseconds of CPU that the sessions of this database have used, where the system tells. */
async function postgresCpuMs({ owner, database }: Bench): Promise<number> {
  if (database.engine === 'embedded' || process.platform !== 'linux') return 0;
  const sessions = await owner.query<{ pid: number }>(
    'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  return sessions.reduce((sum, { pid }) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) * 10;
  }, 0);
}

line(machine());
await (values.engine === 'embedded' ? onEmbedded : onPostgres)(async (database, owner) => {
  const written = { bytes: 0 };
  const counting = countingBlocks(database, written);
  const bench = { database: counting, owner, written, tenants: createTenantDoor(counting) };
  for (const memories of sizes) await benchSize(bench, memories);
});
