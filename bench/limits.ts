import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tierLimits } from '@stellar-memory/protocol';
import { Pool } from 'undici';
import type { BenchSize } from './foundation.js';
import { createDatabase } from './harness/database.js';
import { httpLoad } from './harness/http-load.js';
import { type Measurement, measurement } from './harness/percentiles.js';
import { line, rounded, row, verdict } from './harness/report.js';
import { type RunningServer, startServer } from './harness/running-server.js';

const run = promisify(execFile);
const storm = fileURLToPath(new URL('harness/storm.mjs', import.meta.url));
const path = '/api/v1/recall?q=harbour';
/** Requests a second of the neighbour: fewer than the limit of its tier for as long as a round takes. */
const neighbourPerSecond = 50;
const rounds = 4;
/** Until the storm's process has started, which costs the machine more than the storm. */
const stormHeadStartSeconds = 2;

/** Limits on real servers: what a storm does to a neighbour, what two nodes admit, what counting agents costs. */
export async function benchLimits(superuserUrl: string, { quick }: BenchSize): Promise<void> {
  const database = await createDatabase(superuserUrl);
  const env = {
    DATABASE_URL: database.appUrl,
    DATABASE_DIRECT_URL: database.ownerUrl,
    STELLAR_RATE_LIMITS: 'tier',
  };
  const seconds = quick ? 12 : 30;
  const one = await startServer(env);
  const two = await startServer(env);
  const unlimited = await startServer({ ...env, STELLAR_RATE_LIMITS: 'off' });
  try {
    await benchNeighbour(one, seconds);
    await benchTwoNodes([one, two], 6);
    await benchAgents(unlimited, quick ? 2 : 6);
  } finally {
    await Promise.all([one.stop(), two.stop(), unlimited.stop()]);
    await database.drop();
  }
}

/** Alone and beside the storm in turn, so that whatever else the machine does meets both alike. */
async function benchNeighbour(server: RunningServer, seconds: number): Promise<void> {
  const stormer = await server.createUser('storm@example.com', 'free');
  const alone: number[] = [];
  const beside: number[] = [];
  let statuses = {};
  for (let round = 0; round < rounds; round += 1) {
    const { key } = await server.createUser(`neighbour-${round}@example.com`, 'promax');
    alone.push(...(await paced(server, key, seconds / rounds)));
    const storming = stormOf(server, stormer.key, seconds / rounds + stormHeadStartSeconds);
    await delay(stormHeadStartSeconds * 1_000);
    beside.push(...(await paced(server, key, seconds / rounds)));
    statuses = await storming;
  }
  const [before, during] = [measurement(alone, seconds), measurement(beside, seconds)];
  line(`\na neighbour of ${neighbourPerSecond} recalls a second, and a storm of another tenant`);
  row('alone', before);
  row('beside the storm', during);
  line(`  the last storm was answered ${JSON.stringify(statuses)}`);
  const ratio = during.p99 / before.p99;
  verdict('a storm leaves the p99 of another within 1.5 times', ratio <= 1.5, rounded(ratio, 2));
}

async function benchTwoNodes(
  nodes: readonly [RunningServer, RunningServer],
  seconds: number,
): Promise<void> {
  const { key } = await nodes[0].createUser('two-nodes@example.com', 'pro');
  const answered = await Promise.all(nodes.map((node) => stormOf(node, key, seconds)));
  const admitted = answered.reduce((sum, statuses) => sum + (statuses['200'] ?? 0), 0);
  const limit = tierLimits.pro.requestsPerMinute!;
  // A window at once on each node, and what comes back while the storm lasts, once.
  const most = 2 * limit + (seconds * limit) / 60;
  line('\nan account that storms two nodes at once');
  line(
    `  admitted ${admitted} in ${seconds} s; one node alone would admit ${limit + (seconds * limit) / 60}`,
  );
  verdict('two nodes admit one window more at most', admitted <= most, `${admitted} ≤ ${most}`);
}

async function benchAgents(server: RunningServer, seconds: number): Promise<void> {
  const users: { readonly key: string }[] = [];
  for (let number = 0; number < 64; number += 1)
    users.push(await server.createUser(`agents-${number}@example.com`));
  const store = (agent: boolean) =>
    httpLoad(server.origin, 16, seconds, (client, round) => ({
      method: 'POST',
      path: '/api/v1/store',
      key: users[(client + 16 * round) % users.length]!.key,
      body: {
        content: 'The ferry leaves at noon.',
        ...(agent ? { agent_id: `robot ${round % 3}` } : {}),
      },
    }));
  await store(true);
  const runs = [await store(false), await store(true), await store(true), await store(false)];
  const cost = 1 - mean(runs[1]!, runs[2]!) / mean(runs[0]!, runs[3]!);
  line('\nstore, 16 writers over 64 tenants');
  row('without agents', runs[0]!);
  row('with agents', runs[1]!);
  verdict('counting agents costs a store 20 % at most', cost <= 0.2, `${rounded(cost * 100, 1)} %`);
}

/** Recalls at an even pace, each timed from when it was due: waiting in a queue counts. Milliseconds of each. */
async function paced(server: RunningServer, key: string, seconds: number): Promise<number[]> {
  const pool = new Pool(server.origin, { connections: 8, pipelining: 1 });
  const latencies: number[] = [];
  const begun = performance.now();
  const ask = async (dueMs: number): Promise<void> => {
    const headers = { 'x-api-key': key };
    const { statusCode, body } = await pool.request({ method: 'GET', path, headers });
    await body.dump();
    if (statusCode !== 200) throw new Error(`the neighbour was answered ${statusCode}`);
    latencies.push(performance.now() - dueMs);
  };
  const asked: Promise<void>[] = [];
  for (let number = 0; number < seconds * neighbourPerSecond; number += 1) {
    await delay(begun + (number * 1_000) / neighbourPerSecond - performance.now());
    asked.push(ask(performance.now()));
  }
  await Promise.all(asked);
  await pool.close();
  return latencies;
}

async function stormOf(
  server: RunningServer,
  key: string,
  seconds: number,
): Promise<Record<string, number>> {
  const { stdout } = await run(process.execPath, [storm, server.origin, key, '16', `${seconds}`]);
  return JSON.parse(stdout) as Record<string, number>;
}

const mean = (one: Measurement, other: Measurement): number =>
  (one.perSecond + other.perSecond) / 2;
