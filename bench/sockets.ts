import { setTimeout as delay } from 'node:timers/promises';
import type { BenchSize } from './foundation.js';
import { createDatabase } from './harness/database.js';
import { type Listener, listen } from './harness/listener.js';
import { type Measurement, measurement } from './harness/percentiles.js';
import { line, rounded, row, verdict } from './harness/report.js';
import { type RunningServer, startServer } from './harness/running-server.js';
import { type Acked, writeSteadily } from './harness/steady-writes.js';

const idleWanted = 15_000;
/** Sockets that one account may have open on a node. */
const seatsAnAccount = 1_000;
const listeners = 100;
const writesPerSecond = 200;
const stalledSockets = 100;

/** Sockets of one process: what they cost when nothing happens, how much they deliver, and what those do that stall. */
export async function benchSockets(superuserUrl: string, size: BenchSize): Promise<void> {
  const database = await createDatabase(superuserUrl);
  const env = { DATABASE_URL: database.appUrl, DATABASE_DIRECT_URL: database.ownerUrl };
  for (const part of [benchDeliveries, benchStalled, benchIdle]) {
    const server = await startServer(env);
    try {
      await part(server, size);
    } finally {
      await server.stop();
    }
  }
  await database.drop();
}

/** From the acknowledgement of each write to each listener that has it; what did not come within a second failed. */
async function deliveriesOf(
  heard: readonly Listener[],
  acked: ReadonlyMap<number, Acked>,
  seconds: number,
): Promise<Measurement> {
  const all = (): boolean =>
    heard.every(({ seen }) => [...acked.keys()].every((number) => seen.has(number)));
  for (const until = performance.now() + 5_000; performance.now() < until && !all(); )
    await delay(20);
  const latencies = heard.flatMap(({ seen }) =>
    [...acked].flatMap(([number, { ackedAt }]) => {
      const came = seen.get(number);
      return came === undefined ? [] : [Math.max(0, came - ackedAt)];
    }),
  );
  return measurement(latencies, seconds, heard.length * acked.size - latencies.length);
}

const close = (heard: readonly Listener[]): void => {
  for (const listener of heard) listener.close();
};

async function benchDeliveries(server: RunningServer, { seconds }: BenchSize): Promise<void> {
  const { key } = await server.createUser(`deliveries-${Date.now()}@example.com`);
  const heard = await Promise.all(
    Array.from({ length: listeners }, (_, n) => listen(server.origin, key, `listener ${n}`)),
  );
  line(`\ndeliveries, ${writesPerSecond} writes/s of one account to each of ${listeners} sockets`);
  const acked = await writeSteadily(server.origin, [key], {
    perSecond: writesPerSecond,
    seconds,
    bytes: 40,
  });
  const run = await deliveriesOf(heard, acked, seconds);
  row('from the acknowledgement', run);
  const wanted = listeners * writesPerSecond;
  verdict(
    `${wanted} deliveries/s with p99 below 50 ms`,
    run.perSecond >= 0.95 * wanted && run.p99 < 50 && run.failures === 0,
    `${rounded(run.perSecond, 0)}/s, p99 ${rounded(run.p99, 1)} ms`,
  );
  close(heard);
}

async function benchStalled(server: RunningServer, { seconds }: BenchSize): Promise<void> {
  const { key } = await server.createUser(`stalled-${Date.now()}@example.com`);
  const connect = (count: number, name: string): Promise<Listener[]> =>
    Promise.all(
      Array.from({ length: count }, (_, n) => listen(server.origin, key, `${name} ${n}`)),
    );
  const load = { perSecond: 40, seconds, bytes: 16_000 };
  const [healthy, stalled] = [
    await connect(20, 'healthy'),
    await connect(stalledSockets, 'stalled'),
  ];
  line(
    `\n${stalledSockets} sockets that stall beside ${healthy.length} that read, 40 writes/s of 16 KB`,
  );
  const reading = await deliveriesOf(
    healthy,
    await writeSteadily(server.origin, [key], load),
    seconds,
  );
  row('while all read', reading);
  const before = await server.residentBytes();
  for (const listener of stalled) listener.pause();
  const acked = await writeSteadily(server.origin, [key], load);
  const beside = await deliveriesOf(healthy, acked, seconds);
  row('while they stall', beside);
  const grown = ((await server.residentBytes()) - before) / stalledSockets / 2 ** 20;
  for (const listener of stalled) listener.resume();
  const caughtUp = await deliveriesOf(stalled, acked, seconds);
  verdict('1 MiB each at most', grown <= 1, `${rounded(grown, 2)} MiB`);
  verdict(
    'healthy p99 within 10 %',
    beside.p99 <= 1.1 * reading.p99 && beside.failures === 0,
    `${rounded(beside.p99, 1)} ms after ${rounded(reading.p99, 1)} ms`,
  );
  verdict(
    'all catch up when they read again',
    caughtUp.failures === 0,
    `${caughtUp.failures} missing`,
  );
  close([...healthy, ...stalled]);
}

/** Opens as many as the limit of descriptors and the time allow. */
async function benchIdle(server: RunningServer, { seconds, quick }: BenchSize): Promise<void> {
  const open: Listener[] = [];
  const failures: unknown[] = [];
  const keys: string[] = [];
  const wanted = quick ? idleWanted / 10 : idleWanted;
  for (let n = 0; n * seatsAnAccount < wanted; n += 1)
    keys.push((await server.createUser(`idle-${n}-${Date.now()}@example.com`)).key);
  // What a server allocates for its first connections is not theirs.
  open.push(...(await Promise.all(keys.map((key) => listen(server.origin, key, 'first')))));
  const before = await server.residentBytes();
  const until = performance.now() + 3_000 * seconds;
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < wanted - keys.length && performance.now() < until && failures.length === 0) {
      const number = (next += 1);
      try {
        open.push(await listen(server.origin, keys[number % keys.length]!, `agent ${number}`));
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: 32 }, lane));
  await delay(2_000);
  const kilobytes = ((await server.residentBytes()) - before) / (open.length - keys.length) / 1_024;
  line(`\nidle sockets: ${open.length} of ${idleWanted} opened, within the time of this run`);
  if (failures.length > 0) line(`  one was refused: ${String(failures[0])}`);
  verdict('15 KB each at most', kilobytes <= 15, `${rounded(kilobytes, 1)} KB`);
  close(open);
}
