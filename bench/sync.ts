import pg from 'pg';
import type { BenchSize } from './foundation.js';
import { createDatabase } from './harness/database.js';
import { httpLoad } from './harness/http-load.js';
import { type Measurement, measurement } from './harness/percentiles.js';
import { line, rounded, row, verdict } from './harness/report.js';
import { type RunningServer, startServer } from './harness/running-server.js';

const writers = 16;
const tenants = 64;
/** Of each kind; in turn, so that whatever else the machine does meets both alike. */
const rounds = 6;

/** What recording every change costs a store: with the triggers and without, in turn, in one run. */
export async function benchSync(superuserUrl: string, size: BenchSize): Promise<void> {
  const database = await createDatabase(superuserUrl);
  const server = await startServer({
    DATABASE_URL: database.appUrl,
    DATABASE_DIRECT_URL: database.ownerUrl,
  });
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  try {
    await benchFeed(server, owner, size);
  } finally {
    await owner.end();
    await server.stop();
    await database.drop();
  }
}

async function benchFeed(
  server: RunningServer,
  owner: pg.Client,
  { seconds }: BenchSize,
): Promise<void> {
  const users: { readonly key: string }[] = [];
  for (let number = 0; number < tenants; number += 1)
    users.push(await server.createUser(`sync-${number}@example.com`));
  const store = (forSeconds: number) =>
    httpLoad(server.origin, writers, forSeconds, (writer, round) => ({
      method: 'POST',
      path: '/api/v1/store',
      key: users[(writer + writers * round) % tenants]!.key,
      body: { content: 'The ferry leaves at noon.' },
    }));
  await store(2);
  const runs: Record<'enable' | 'disable', Measurement[]> = { enable: [], disable: [] };
  for (let round = 0; round < rounds; round += 1)
    for (const way of round % 2 === 0
      ? (['disable', 'enable'] as const)
      : (['enable', 'disable'] as const)) {
      await owner.query(`alter table memories ${way} trigger record_inserted`);
      runs[way].push(await store(seconds / 3));
    }
  const [without, recorded] = [together(runs.disable), together(runs.enable)];
  const cost = 1 - recorded.perSecond / without.perSecond;
  line(`\nstore, ${writers} writers over ${tenants} tenants, ${rounds} rounds of each in turn`);
  row('changes not recorded', without);
  row('changes recorded', recorded);
  verdict('the feed costs a store 25 % at most', cost <= 0.25, `${rounded(cost * 100, 1)} %`);
}

/** Rounds as one run, by their rates and the medians of their latencies. */
function together(runs: readonly Measurement[]): Measurement {
  const sum = (pick: (run: Measurement) => number): number =>
    runs.reduce((total, run) => total + pick(run), 0);
  const mean = (pick: (run: Measurement) => number): number => sum(pick) / runs.length;
  return {
    ...measurement(
      [],
      1,
      sum(({ failures }) => failures),
    ),
    operations: sum(({ operations }) => operations),
    seconds: sum(({ seconds }) => seconds),
    perSecond: sum(({ operations }) => operations) / sum(({ seconds }) => seconds),
    p50: mean(({ p50 }) => p50),
    p95: mean(({ p95 }) => p95),
    p99: mean(({ p99 }) => p99),
  };
}
