import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';

/** A write that was acknowledged, in milliseconds of `performance.now()`. */
export interface Acked {
  readonly sentAt: number;
  readonly ackedAt: number;
}

/** What to write. */
export interface WriteLoad {
  readonly perSecond: number;
  readonly seconds: number;
  /** Of each content, beside its number. */
  readonly bytes: number;
}

let lastWrite = 0;

/** Stores at a steady rate, each key in turn, whatever the answers take. Answers what was acknowledged, by its number. */
export async function writeSteadily(
  origin: string,
  keys: readonly string[],
  { perSecond, seconds, bytes }: WriteLoad,
): Promise<Map<number, Acked>> {
  const pool = new Pool(origin, { connections: 64, pipelining: 1 });
  const acked = new Map<number, Acked>();
  const filler = 'x'.repeat(bytes);
  const write = async (number: number, key: string): Promise<void> => {
    const sentAt = performance.now();
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: '/api/v1/store',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify({ content: `write ${number} ${filler}` }),
    });
    if (statusCode === 200) acked.set(number, { sentAt, ackedAt: performance.now() });
    await body.dump();
  };
  const begun = performance.now();
  const pending: Promise<void>[] = [];
  for (let n = 0; n < perSecond * seconds; n += 1) {
    await delay(Math.max(0, begun + (n * 1_000) / perSecond - performance.now()));
    pending.push(write((lastWrite += 1), keys[n % keys.length]!));
  }
  await Promise.all(pending);
  await pool.close();
  return acked;
}
