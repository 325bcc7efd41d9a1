import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { BenchSize } from './foundation.js';
import { createDatabase } from './harness/database.js';
import { httpLoad } from './harness/http-load.js';
import { line, rounded, row, verdict } from './harness/report.js';
import { type RunningServer, startServer } from './harness/running-server.js';
import { seeded, text } from './harness/texts.js';

const agents = 32;
const wantedPerSecond = 1_000;
/** Added to each commit, as a disk or a replica far away does. */
const commitDelayMs = 3;

/** Mutations of one tenant, whose transactions cannot overlap: what sharing them gives when each commit takes long. */
export async function benchMutations(superuserUrl: string, size: BenchSize): Promise<void> {
  const database = await createDatabase(superuserUrl);
  await delayCommits(superuserUrl, new URL(database.ownerUrl).pathname.slice(1));
  const server = await startServer({
    DATABASE_URL: database.appUrl,
    DATABASE_DIRECT_URL: database.ownerUrl,
  });
  try {
    line(`\nmutations of one tenant, ${agents} agents, ${commitDelayMs} ms added to each commit`);
    const rate = await mutate(server, 1, size);
    await mutate(server, 10, size);
    verdict(
      `${wantedPerSecond} mutations a second, one in a request`,
      rate >= wantedPerSecond,
      `${rounded(rate, 0)}/s`,
    );
  } finally {
    await server.stop();
    await database.drop();
  }
}

async function delayCommits(superuserUrl: string, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  await client.query(`alter database ${database} set commit_delay = ${commitDelayMs * 1_000}`);
  await client.query(`alter database ${database} set commit_siblings = 0`);
  await client.end();
}

/** Half of them store, half edit what the same agent has stored. Answers mutations a second. */
async function mutate(
  server: RunningServer,
  mutationsARequest: number,
  { seconds }: BenchSize,
): Promise<number> {
  const { key } = await server.createUser(`one-${randomUUID()}@example.com`);
  const random = seeded(mutationsARequest);
  const stored = Array.from({ length: agents }, () => '');
  const run = await httpLoad(server.origin, agents, seconds, (agent, round) => ({
    method: 'POST',
    path: '/api/v1/mutations',
    key,
    body: {
      mutations: Array.from({ length: mutationsARequest }, (_, number) => {
        const content = text(random, 20);
        const stores = (round * mutationsARequest + number) % 2 === 0;
        if (stores) stored[agent] = randomUUID();
        const id = stored[agent];
        const op = stores
          ? { op: 'store', id, memory: { content } }
          : { op: 'edit', id, set: { content } };
        return { mid: randomUUID(), hlc: `${Date.now()}.${number}`, agent: `a${agent}`, ops: [op] };
      }),
    },
  }));
  row(`requests of ${mutationsARequest}`, run);
  return run.perSecond * mutationsARequest;
}
