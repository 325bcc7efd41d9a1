import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { comparePairs, type Pair, shownRatio } from './harness/paired.js';
import { measurement } from './harness/percentiles.js';
import { line, rounded, row, verdict } from './harness/report.js';
import type { RunningServer } from './harness/running-server.js';

const program = fileURLToPath(new URL('harness/storm.mjs', import.meta.url));
const path = '/api/v1/recall?q=harbour';
const windowMs = 1_000;
/** Recalls in a window: the second slowest is its 99th percentile. */
const recallsPerWindow = 150;
/** Accounts that the recalls are spread over, so that none meets a limit of its own. */
const neighbours = 16;
const allowed = 1.5;

/**
 * What a storm of one tenant does to others. A second alone and a second beside the storm take turns, and the 99th
 * percentiles of each two are compared, and those of all seconds together. Every other storm is that of an account with
 * its whole minute to spend, which comes at once: the worst second that an account can make.
 */
export async function benchNeighbour(server: RunningServer, batches: number): Promise<void> {
  const keys: string[] = [];
  for (let number = 0; number < neighbours; number += 1)
    keys.push((await server.createUser(`neighbour-${number}@example.com`, 'promax')).key);
  const stormers: string[] = [];
  const storm = fork(program, [server.origin, '', '32']);
  await once(storm, 'message');
  const alone: number[] = [];
  const beside: number[] = [];
  // The server's first requests of each kind are its slowest.
  await Promise.all([recallsOf(server, keys), stormOnce(storm, await newStormer(), windowMs)]);
  const found = await comparePairs({ threshold: allowed, batch: 12, batches }, onePair);
  const statuses = await stormOnce(storm, '', 0);
  storm.disconnect();
  report();

  async function onePair(aloneFirst: boolean): Promise<Pair> {
    const calm = async () => p99Into(alone, await recallsOf(server, keys));
    const before = aloneFirst ? await calm() : undefined;
    const key = aloneFirst ? await newStormer() : stormers.at(-1)!;
    const storming = stormOnce(storm, key, windowMs);
    const during = p99Into(beside, await recallsOf(server, keys));
    await storming;
    return { without: before ?? (await calm()), beside: during };
  }

  async function newStormer(): Promise<string> {
    const { key } = await server.createUser(`storm-${stormers.length}@example.com`, 'free');
    stormers.push(key);
    return key;
  }

  function report(): void {
    const seconds = (found.pairs * windowMs) / 1_000;
    line(
      `\n${neighbours} accounts that recall ${(recallsPerWindow * 1_000) / windowMs} times a second, and another's storm`,
    );
    const [calm, stormy] = [measurement(alone, seconds), measurement(beside, seconds)];
    row('alone', calm);
    row('beside the storm', stormy);
    line(`  the storm was answered ${JSON.stringify(statuses)}`);
    verdict(
      `a storm leaves the p99 of others within ${allowed} times`,
      found.ratio <= allowed,
      shownRatio(found),
    );
    const overall = stormy.p99 / calm.p99;
    verdict(
      `the p99 of all seconds with a storm is within ${allowed} times that of all without`,
      overall <= allowed,
      rounded(overall, 2),
    );
  }
}

function p99Into(all: number[], latencies: readonly number[]): number {
  all.push(...latencies);
  return measurement(latencies, windowMs / 1_000).p99;
}

/** Storms with a key for a time; answers how often each status came since the beginning. */
async function stormOnce(storm: ChildProcess, key: string, ms: number): Promise<unknown> {
  const over = once(storm, 'message');
  storm.send({ ms, key });
  const [statuses] = (await over) as unknown[];
  return statuses;
}

/** A window of recalls at an even pace, each timed from when it was due: waiting in a queue counts. Milliseconds of each. */
async function recallsOf(server: RunningServer, keys: readonly string[]): Promise<number[]> {
  const pool = new Pool(server.origin, { connections: 8, pipelining: 1 });
  const latencies: number[] = [];
  const ask = async (key: string, dueMs: number): Promise<void> => {
    const headers = { 'x-api-key': key };
    const { statusCode, body } = await pool.request({ method: 'GET', path, headers });
    await body.dump();
    if (statusCode !== 200) throw new Error(`a neighbour was answered ${statusCode}`);
    latencies.push(performance.now() - dueMs);
  };
  const begun = performance.now();
  const asked: Promise<void>[] = [];
  for (let number = 0; number < recallsPerWindow; number += 1) {
    await delay(begun + (number * windowMs) / recallsPerWindow - performance.now());
    asked.push(ask(keys[number % keys.length]!, performance.now()));
  }
  await Promise.all(asked);
  await pool.close();
  return latencies;
}
