import { randomUUID } from 'node:crypto';
import { StoreRequest } from '@stellar-memory/protocol';
import pg from 'pg';
import { memoryId, type UserId, userId } from '../packages/server/src/domain/ids.js';
import { defaultProfile } from '../packages/server/src/domain/score-profiles.js';
import { newMemory } from '../packages/server/src/memory/new-memory.js';
import { createLexicalIndex } from '../packages/server/src/recall/index/create-lexical-index.js';
import { textRanking } from '../packages/server/src/recall/text-ranking.js';
import { openPostgresDatabase } from '../packages/server/src/storage/postgres/postgres-database.js';
import type { NewMemory } from '../packages/server/src/storage/statements/memories.js';
import { insertUnlessMerging } from '../packages/server/src/storage/statements/store-memories.js';
import { createTenantDoor, type TenantDoor } from '../packages/server/src/storage/tenant-door.js';
import { type BenchSize, fill, type RawTable, rawInsert, wordsAMemory } from './foundation.js';
import { cpuMs, postgresProcesses } from './harness/cpu.js';
import { asOwner, type BenchDatabase, createDatabase } from './harness/database.js';
import { httpLoad } from './harness/http-load.js';
import { closedLoop, type Measurement } from './harness/percentiles.js';
import { line, rounded, verdict } from './harness/report.js';
import { type RunningServer, startServer } from './harness/running-server.js';
import { type StorePart, storeParts, storeVariants } from './harness/store-variants.js';
import { seeded, text } from './harness/texts.js';
import { warmUp, warmUpRule } from './harness/warm-up.js';

const clients = 16;
const warmUpSeconds = 0.4;
const random = seeded(1);

/** A store of the load. */
const body = (): object => ({
  content: text(random, wordsAMemory),
  session_id: 's1',
  speaker: 'Ann',
});
const path = '/api/v1/store';
const recall = (): string => `/api/v1/recall?q=${encodeURIComponent(text(random, 4))}&limit=5`;

/** What one operation took of the CPU, in milliseconds. */
interface Cost {
  readonly perSecond: number;
  readonly postgres: number;
  /** Of the process that sends the statements: the bench, or the server. */
  readonly node: number;
}

/** A step of the bench: something that is done over and over. */
interface Step {
  readonly name: string;
  readonly prepare?: () => Promise<void>;
  readonly run: (seconds: number) => Promise<Measurement>;
}

/**
 * Where the time of a store and of a recall goes, part by part, in CPU: on a machine that does other things as well,
 * rates change from one second to the next and CPU times much less. Each step is measured in turn, several rounds,
 * and the least disturbed counts.
 */
export async function benchCost(superuserUrl: string, { quick }: BenchSize): Promise<void> {
  const database = await createDatabase(superuserUrl);
  const server = await startServer({
    DATABASE_URL: database.appUrl,
    DATABASE_DIRECT_URL: database.ownerUrl,
  });
  const rounds = quick ? { rounds: 3, seconds: 1 } : { rounds: 6, seconds: 2 };
  try {
    const stored = await usersOf(server, 'parts');
    const served = await usersOf(server, 'served');
    const recalled = await usersOf(server, 'recalled');
    const parts = await benchParts(
      superuserUrl,
      database,
      stored.map((user) => userId(user.userId)),
      rounds,
    );
    const overHttp = await benchServed(
      superuserUrl,
      server,
      { stored: served.map(({ key }) => key), recalled: recalled.map(({ key }) => key) },
      rounds,
    );
    report(parts, overHttp);
  } finally {
    await server.stop();
    await database.drop();
  }
}

const usersOf = (server: RunningServer, name: string): Promise<{ userId: string; key: string }[]> =>
  Promise.all(
    Array.from({ length: clients }, (_, n) => server.createUser(`${name}-${n}@example.com`)),
  );

interface Rounds {
  readonly rounds: number;
  readonly seconds: number;
}

interface Parts {
  /** In the order in which a store gets its parts; the last is the whole statement. */
  readonly steps: readonly (readonly [string, Cost])[];
  /** CPU milliseconds that the analysis of a text takes the node. */
  readonly analysis: number;
}

/** From a bare INSERT to the server's own statement, sent from this process. */
async function benchParts(
  superuserUrl: string,
  database: BenchDatabase,
  tenants: readonly UserId[],
  size: Rounds,
): Promise<Parts> {
  const { ownerUrl } = database;
  const pool = new pg.Pool({ connectionString: ownerUrl, max: clients });
  const engine = openPostgresDatabase({ url: database.appUrl, poolSize: clients });
  const door = createTenantDoor(engine);
  const { memories, analysis } = newMemories(door);
  const use = await storeVariants(ownerUrl);
  await asOwner(ownerUrl, 'create table raw_memories (like memories including defaults)');
  await asOwner(ownerUrl, 'alter table raw_memories add primary key (user_id, id)');
  await asOwner(
    ownerUrl,
    'create table indexed_memories (like memories including defaults including indexes)',
  );
  const raw = (name: string, table: RawTable): Step => {
    let doc = 0;
    return {
      name,
      run: (seconds) =>
        closedLoop(clients, seconds, async (client) => {
          doc += 1;
          await rawInsert(pool, table, {
            user: tenants[client]!,
            doc,
            content: text(random, wordsAMemory),
          });
          return true;
        }),
    };
  };
  const statement = (name: string, without: readonly StorePart[]): Step => ({
    name,
    prepare: () => use(new Set(without)),
    run: (seconds) =>
      closedLoop(clients, seconds, async (client, round) => {
        const memory = {
          ...memories[(client + round * clients) % memories.length]!,
          id: memoryId(randomUUID()),
        };
        await door.withTenant(tenants[client]!, (tx) => insertUnlessMerging(tx.ending, [memory]));
        return true;
      }),
  });
  try {
    const steps = [
      raw('bare INSERT + COMMIT, primary key only', 'raw_memories'),
      raw('… with the indexes of memories', 'indexed_memories'),
      statement('… as the server sends it: function, JSON, RLS', storeParts),
      ...storeParts.map((part, at) => statement(`… with ${part}`, storeParts.slice(at + 1))),
    ];
    return { steps: await inTurn(superuserUrl, steps, size, () => [process.pid]), analysis };
  } finally {
    await pool.end();
    await engine.close();
  }
}

function newMemories(tenants: TenantDoor): {
  readonly memories: NewMemory[];
  readonly analysis: number;
} {
  const index = createLexicalIndex({
    tenants,
    ranking: textRanking,
    onMergeError: () => undefined,
  });
  const dependencies = { clock: { nowMs: () => Date.now() }, profile: defaultProfile, index };
  const requests = Array.from({ length: 4_000 }, () =>
    StoreRequest.parse({ content: text(random, wordsAMemory), session_id: 's1', speaker: 'Ann' }),
  );
  const memories = requests.map((request) => newMemory(request, dependencies));
  const before = process.cpuUsage();
  for (const memory of memories) index.encode(memory);
  const { user, system } = process.cpuUsage(before);
  return { memories, analysis: (user + system) / 1_000 / memories.length };
}

/** The same over HTTP, and what recalls take. */
async function benchServed(
  superuserUrl: string,
  server: RunningServer,
  keys: { readonly stored: readonly string[]; readonly recalled: readonly string[] },
  size: Rounds,
): Promise<readonly (readonly [string, Cost])[]> {
  const recalled = keys.recalled.slice(0, 4);
  await Promise.all(recalled.map((key) => fill(server, key, 1_000)));
  const load = (name: string, request: Parameters<typeof httpLoad>[3]): Step => ({
    name,
    run: (seconds) => httpLoad(server.origin, clients, seconds, request),
  });
  const steps = [
    load('GET /livez: HTTP alone', () => ({ method: 'GET', path: '/livez' })),
    load('GET /stats: key, one row', (client) => ({
      method: 'GET',
      path: '/api/v1/stats',
      key: keys.stored[client]!,
    })),
    load('POST /store, 16 tenants', (client) => ({
      method: 'POST',
      path,
      key: keys.stored[client]!,
      body: body(),
    })),
    load('POST /store, one tenant', () => ({
      method: 'POST',
      path,
      key: keys.stored[0]!,
      body: body(),
    })),
    load('GET /recall, 4 tenants of 1,000', (client) => ({
      method: 'GET',
      path: recall(),
      key: recalled[client % 4]!,
    })),
    load('GET /recall, one tenant of 1,000', () => ({
      method: 'GET',
      path: recall(),
      key: recalled[0]!,
    })),
  ];
  for (const step of steps) await warmUp(step.run);
  return inTurn(superuserUrl, steps, size, () => [server.pid]);
}

/** Every step in every round, so that whatever else the machine does meets all alike. */
async function inTurn(
  superuserUrl: string,
  steps: readonly Step[],
  { rounds, seconds }: Rounds,
  nodePids: () => readonly number[],
): Promise<(readonly [string, Cost])[]> {
  const best = new Map<string, Cost>();
  for (let round = 0; round < rounds; round += 1)
    for (const step of steps) {
      await step.prepare?.();
      await step.run(warmUpSeconds);
      const pids = await postgresProcesses(superuserUrl);
      const before = [await cpuMs(pids), await cpuMs(nodePids())] as const;
      const run = await step.run(seconds);
      if (run.failures > 0) throw new Error(`${step.name}: ${run.failures} failed`);
      const postgres = ((await cpuMs(pids)) - before[0]) / run.operations;
      const node = ((await cpuMs(nodePids())) - before[1]) / run.operations;
      best.set(
        step.name,
        leastOf(best.get(step.name), { perSecond: run.perSecond, postgres, node }),
      );
    }
  return [...best];
}

const leastOf = (one: Cost | undefined, other: Cost): Cost => ({
  perSecond: Math.max(one?.perSecond ?? 0, other.perSecond),
  postgres: Math.min(one?.postgres ?? Infinity, other.postgres),
  node: Math.min(one?.node ?? Infinity, other.node),
});

function report({ steps, analysis }: Parts, served: readonly (readonly [string, Cost])[]): void {
  const raw = steps[0]![1];
  line(`\nCPU milliseconds of one operation, ${clients} clients; rates against the bare INSERT`);
  line(`  over HTTP ${warmUpRule}`);
  for (const [title, rows] of [
    ['one store, part by part, sent by the bench', steps],
    ['over HTTP, of the server', served],
  ] as const) {
    line(`  ${title.padEnd(50)} Postgres     node      rate`);
    for (const [name, cost] of rows)
      line(
        `    ${name.padEnd(48)} ${rounded(cost.postgres, 3).padStart(8)} ${rounded(cost.node, 3).padStart(8)} ${rounded(cost.perSecond / raw.perSecond, 2).padStart(8)} ×`,
      );
  }
  line(`  analysis of a text for the index, in the node${rounded(analysis, 3).padStart(25)}`);
  verdicts(steps, analysis, served.find(([name]) => name.startsWith('POST /store, 16'))![1]);
}

/** What each part has of a store over HTTP, server and Postgres together. */
function verdicts(steps: Parts['steps'], analysis: number, store: Cost): void {
  const whole = store.postgres + store.node;
  const added = (part: StorePart): number => {
    const at = steps.findIndex(([name]) => name.endsWith(` with ${part}`));
    return steps[at]![1].postgres - steps[at - 1]![1].postgres;
  };
  const share = (part: StorePart, most: number, what: string): void => {
    const cost = added(part) / whole;
    verdict(
      `${what} ${most} % of a store at most`,
      cost * 100 <= most,
      `${rounded(cost * 100, 1)} %`,
    );
  };
  line(`  a store over HTTP takes ${rounded(whole, 3)} ms of CPU, server and Postgres`);
  share('counters', 20, 'metering takes');
  share('feed', 25, 'the feed takes');
  share('orbits', 15, 'orbits take');
  const ratio = whole / (whole - added('postings') - analysis);
  verdict('with postings at most twice a store without', ratio <= 2, `${rounded(ratio, 2)} ×`);
}
