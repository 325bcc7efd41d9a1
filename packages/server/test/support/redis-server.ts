import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freePort } from '../../../../scripts/free-port.mjs';
import { findRedis } from '../../../../scripts/redis/find-redis.mjs';

/** Whether this machine has a Redis; `node scripts/install-redis.mjs` gets one. */
export const hasRedis = (): boolean => findRedis() !== undefined;

/** A Redis of one test that keeps nothing. */
export class TestRedis {
  readonly #port: number;
  readonly #password = randomBytes(16).toString('hex');
  #process: ChildProcess | undefined;

  private constructor(port: number) {
    this.#port = port;
  }

  static async start(): Promise<TestRedis> {
    const redis = new TestRedis(await freePort());
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://:${this.#password}@127.0.0.1:${this.#port}`;
  }

  /** Starts it, at the same address each time. Errors: what it said last, when it does not start. */
  async start(): Promise<void> {
    const settings = { port: this.#port, bind: '127.0.0.1', save: '', dir: '/' };
    const options = Object.entries({ ...settings, requirepass: this.#password });
    this.#process = spawn(
      findRedis() ?? 'redis-server',
      options.flatMap(([name, value]) => [`--${name}`, `${value}`]),
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let last = '';
    for await (const line of createInterface(this.#process.stdout!)) {
      last = line;
      if (line.includes('Ready to accept connections')) break;
    }
    if (!last.includes('Ready to accept connections')) throw new Error(`Redis: ${last}`);
    this.#process.stdout!.resume();
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    const ended = once(this.#process!, 'exit');
    this.#process!.kill('SIGKILL');
    await ended;
  }
}
