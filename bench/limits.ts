import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tierLimits } from '@stellar-memory/protocol';
import type { BenchSize } from './foundation.js';
import { createDatabase } from './harness/database.js';
import { httpLoad } from './harness/http-load.js';
import { comparePairs, shownRatio } from './harness/paired.js';
import { line, rounded, verdict } from './harness/report.js';
import { type RunningServer, startServer } from './harness/running-server.js';
import { benchNeighbour } from './neighbour.js';

const run = promisify(execFile);
const storm = fileURLToPath(new URL('harness/storm.mjs', import.meta.url));

/** Limits on real servers: what a storm does to a neighbour, what two nodes admit, what counting agents costs. */
export async function benchLimits(superuserUrl: string, { quick }: BenchSize): Promise<void> {
  const database = await createDatabase(superuserUrl);
  const env = {
    DATABASE_URL: database.appUrl,
    DATABASE_DIRECT_URL: database.ownerUrl,
    STELLAR_RATE_LIMITS: 'tier',
  };
  const one = await startServer(env);
  const two = await startServer(env);
  const unlimited = await startServer({ ...env, STELLAR_RATE_LIMITS: 'off' });
  try {
    await benchNeighbour(one, quick ? 2 : 5);
    await benchTwoNodes([one, two], 6);
    await benchAgents(unlimited, quick ? 2 : 4);
  } finally {
    await Promise.all([one.stop(), two.stop(), unlimited.stop()]);
    await database.drop();
  }
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

/** Stores without and with an agent in turn, a second each: what the count of agents costs is between the two. */
async function benchAgents(server: RunningServer, batches: number): Promise<void> {
  const users: { readonly key: string }[] = [];
  for (let number = 0; number < 64; number += 1)
    users.push(await server.createUser(`agents-${number}@example.com`));
  const store = async (agent: boolean): Promise<number> => {
    const { perSecond, failures } = await httpLoad(server.origin, 16, 1, (client, round) => ({
      method: 'POST',
      path: '/api/v1/store',
      key: users[(client + 16 * round) % users.length]!.key,
      body: {
        content: 'The ferry leaves at noon.',
        ...(agent ? { agent_id: `robot ${round % 3}` } : {}),
      },
    }));
    if (failures > 0) throw new Error(`${failures} stores failed`);
    return perSecond;
  };
  await store(true);
  const plain: number[] = [];
  const found = await comparePairs({ threshold: 1.25, batch: 8, batches }, async (plainFirst) => {
    const first = await store(!plainFirst);
    const second = await store(plainFirst);
    const [without, beside] = plainFirst ? [first, second] : [second, first];
    plain.push(without);
    // The time of a store: the inverse of how many there were.
    return { without: 1 / without, beside: 1 / beside };
  });
  line('\nstore, 16 writers over 64 tenants, without and with an agent');
  line(`  ${rounded(plain.reduce((sum, rate) => sum + rate) / plain.length, 0)}/s without`);
  verdict(
    'counting agents costs a store 20 % at most: its time is within 1.25 times',
    found.ratio <= 1.25,
    shownRatio(found),
  );
}

async function stormOf(
  server: RunningServer,
  key: string,
  seconds: number,
): Promise<Record<string, number>> {
  const { stdout } = await run(process.execPath, [storm, server.origin, key, '16', `${seconds}`]);
  return JSON.parse(stdout) as Record<string, number>;
}
