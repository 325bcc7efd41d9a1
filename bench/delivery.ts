import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'undici';
import type { BenchSize } from './foundation.js';
import { createDatabase } from './harness/database.js';
import { measurement } from './harness/percentiles.js';
import { line, rounded, row, verdict } from './harness/report.js';
import { type RunningServer, startServer } from './harness/running-server.js';

const tenants = 200;
const writesPerSecond = 200;

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
    line(`\ndelivery, ${writesPerSecond} writes/s over ${tenants} tenants, readers by SSE`);
    await deliver('one node', one, one, keys, { size, p99Ms: 25 });
    await deliver('two nodes', one, two, keys, { size, p99Ms: 50 });
  } finally {
    await Promise.all([one.stop(), two.stop()]);
    await database.drop();
  }
}

async function deliver(
  name: string,
  writing: RunningServer,
  reading: RunningServer,
  keys: readonly string[],
  { size, p99Ms }: { readonly size: BenchSize; readonly p99Ms: number },
): Promise<void> {
  const seen = new Map<string, number>();
  const readers = await Promise.all(keys.map((key) => follow(reading.origin, key, seen)));
  const sent = await writeSteadily(writing.origin, keys, size.seconds);
  await delay(500);
  for (const reader of readers) await reader.destroy();
  const acked = [...sent].filter(([content]) => seen.has(content));
  const after = (pick: (times: Sent) => number): number[] =>
    acked.map(([content, times]) => seen.get(content)! - pick(times));
  // Writes that were refused count as much as those that nobody saw.
  const missing = writesPerSecond * size.seconds - acked.length;
  const run = measurement(
    after(({ ackedAt }) => ackedAt).map((ms) => Math.max(0, ms)),
    size.seconds,
    missing,
  );
  row(`${name}: from the acknowledgement`, run);
  row(
    `${name}: from the request`,
    measurement(
      after(({ sentAt }) => sentAt),
      size.seconds,
      missing,
    ),
  );
  verdict(
    `${name}: p99 ${p99Ms} ms`,
    run.p99 <= p99Ms && missing === 0,
    `${rounded(run.p99, 1)} ms`,
  );
}

/** Opens a stream of a tenant's changes and notes when each content came; resolves when it has begun. */
async function follow(origin: string, key: string, seen: Map<string, number>): Promise<Client> {
  const client = new Client(origin);
  const { body } = await client.request({
    method: 'GET',
    path: '/api/v1/events',
    headers: { 'x-api-key': key },
  });
  body.on('error', () => undefined);
  const began = new Promise<void>((resolve) => body.once('data', () => resolve()));
  body.on('data', (piece: Buffer) => {
    const now = performance.now();
    for (const [, content] of piece.toString('latin1').matchAll(/"content":"(write \d+)"/g))
      if (!seen.has(content!)) seen.set(content!, now);
  });
  await began;
  return client;
}

interface Sent {
  readonly sentAt: number;
  readonly ackedAt: number;
}

let number = 0;

/** Writes at a steady rate, whatever the answers take. */
async function writeSteadily(
  origin: string,
  keys: readonly string[],
  seconds: number,
): Promise<Map<string, Sent>> {
  const sent = new Map<string, Sent>();
  const begun = performance.now();
  const pending: Promise<void>[] = [];
  for (let n = 0; n < writesPerSecond * seconds; n += 1) {
    await delay(Math.max(0, begun + (n * 1_000) / writesPerSecond - performance.now()));
    const content = `write ${(number += 1)}`;
    pending.push(write(origin, keys[n % keys.length]!, content, sent));
  }
  await Promise.all(pending);
  return sent;
}

async function write(
  origin: string,
  key: string,
  content: string,
  sent: Map<string, Sent>,
): Promise<void> {
  const sentAt = performance.now();
  const answer = await fetch(`${origin}/api/v1/store`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ content }),
  });
  const ackedAt = performance.now();
  await answer.arrayBuffer();
  if (answer.status === 200) sent.set(content, { sentAt, ackedAt });
}
