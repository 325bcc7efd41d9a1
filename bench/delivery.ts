import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchSize } from './foundation.js';
import { cpuMs, postgresProcesses } from './harness/cpu.js';
import { createDatabase } from './harness/database.js';
import { type Listener, listen, listenToEvents } from './harness/listener.js';
import { measurement } from './harness/percentiles.js';
import { line, rounded, row, verdict } from './harness/report.js';
import { type RunningServer, startServer } from './harness/running-server.js';
import { type Acked, writeSteadily } from './harness/steady-writes.js';

const tenants = 200;
const writesPerSecond = 200;
/** Seconds of the same load before what is counted. */
const warmUpSeconds = 4;

type Way = 'WebSocket' | 'SSE';

/** From an acknowledged write to the reader who has it, on the same node and on another. */
export async function benchDelivery(superuserUrl: string, size: BenchSize): Promise<void> {
  const database = await createDatabase(superuserUrl);
  const env = { DATABASE_URL: database.appUrl, DATABASE_DIRECT_URL: database.ownerUrl };
  const one = await startServer(env);
  const two = await startServer(env);
  try {
    const keys: string[] = [];
    for (let number = 0; number < tenants; number += 1)
      keys.push((await one.createUser(`reader-${number}@example.com`)).key);
    line(`\ndelivery, ${writesPerSecond} writes/s over ${tenants} tenants, a reader each`);
    line(`  before each of them come ${warmUpSeconds} s of the same load that are not counted`);
    for (const way of ['WebSocket', 'SSE'] as const) {
      const common = { superuserUrl, writing: one, keys, way, size };
      await deliver(`one node, ${way}`, { ...common, reading: one, p99Ms: 25 });
      await deliver(`two nodes, ${way}`, { ...common, reading: two, p99Ms: 50 });
    }
  } finally {
    await Promise.all([one.stop(), two.stop()]);
    await database.drop();
  }
}

interface Delivery {
  readonly superuserUrl: string;
  readonly writing: RunningServer;
  readonly reading: RunningServer;
  readonly keys: readonly string[];
  readonly way: Way;
  readonly size: BenchSize;
  readonly p99Ms: number;
}

async function deliver(
  name: string,
  { superuserUrl, writing, reading, keys, way, size: { seconds }, p99Ms }: Delivery,
): Promise<void> {
  const readers: Listener[] = [];
  // One after the other: a herd would find no connection to the database.
  for (const [number, key] of keys.entries())
    readers.push(
      way === 'SSE'
        ? await listenToEvents(reading.origin, key)
        : await listen(reading.origin, key, `reader ${number}`),
    );
  const load = { perSecond: writesPerSecond, bytes: 40 };
  await writeSteadily(writing.origin, keys, { ...load, seconds: warmUpSeconds });
  const own = monitorEventLoopDelay({ resolution: 1 });
  own.enable();
  const nodes = [...new Set([writing.pid, reading.pid])];
  const postgres = await postgresProcesses(superuserUrl);
  const before = [await cpuMs(nodes), await cpuMs(postgres)];
  const acked = await writeSteadily(writing.origin, keys, { ...load, seconds });
  await delay(500);
  const after = [await cpuMs(nodes), await cpuMs(postgres)];
  const [ofNodes, ofPostgres] = after.map((ms, at) => (ms - before[at]!) / acked.size);
  own.disable();
  for (const reader of readers) reader.close();
  const came = arrivals(readers, acked);
  // Writes that were refused count as much as those that nobody saw.
  const missing = writesPerSecond * seconds - came.length;
  const [run, fromRequest] = [
    measurement(
      came.map(({ at, ackedAt }) => Math.max(0, at - ackedAt)),
      seconds,
      missing,
    ),
    measurement(
      came.map(({ at, sentAt }) => at - sentAt),
      seconds,
      missing,
    ),
  ];
  row(`${name}: from the acknowledgement`, run);
  row(`${name}: from the request`, fromRequest);
  line(
    `    CPU of a write with its delivery: nodes ${rounded(ofNodes!, 2)}, Postgres ${rounded(ofPostgres!, 2)} ms`,
  );
  line(`    this load itself was late by p99 ${rounded(own.percentile(99) / 1e6, 1)} ms`);
  verdict(
    `${name}: p99 ${p99Ms} ms`,
    run.p99 <= p99Ms && missing === 0,
    `${rounded(run.p99, 1)} ms`,
  );
}

/** Every acknowledged write that its reader has. */
const arrivals = (
  readers: readonly Listener[],
  acked: ReadonlyMap<number, Acked>,
): (Acked & { readonly at: number })[] =>
  readers.flatMap(({ seen }) =>
    [...seen].flatMap(([number, at]) => {
      const times = acked.get(number);
      return times === undefined ? [] : [{ ...times, at }];
    }),
  );
