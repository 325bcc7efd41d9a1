import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../scripts/free-port.mjs';

const main = fileURLToPath(new URL('../../packages/server/dist/main.js', import.meta.url));

/** What the operator's API of the nodes is opened with. */
export const operatorToken = 'chaos-operator-token-of-32-bytes!';

/** A server process that can be killed and started again at the same address. */
export class KillableNode {
  readonly origin: string;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;

  private constructor(port: number, env: Readonly<Record<string, string>>) {
    this.origin = `http://127.0.0.1:${port}`;
    this.#env = { ...env, STELLAR_PORT: String(port) };
  }

  /** Starts a node on that database and waits until it serves. */
  static async start(env: Readonly<Record<string, string>>): Promise<KillableNode> {
    const node = new KillableNode(await freePort(), env);
    node.begin();
    await node.ready();
    return node;
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Starts the process. One that ends by itself, for want of its database, is started again by `ready`. */
  begin(): void {
    this.#child = spawn(process.execPath, [main, 'serve'], {
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'production',
        LOG_LEVEL: 'fatal',
        STELLAR_SECRET: 'chaos-secret-of-at-least-32-bytes-length',
        STELLAR_ADMIN_TOKEN: operatorToken,
        STELLAR_RATE_LIMITS: 'off',
        ...this.#env,
      },
      stdio: 'ignore',
    });
  }

  /** Waits until it serves, as a supervisor would: a process that has ended is started again. */
  async ready(): Promise<void> {
    const until = Date.now() + 60_000;
    while (Date.now() < until) {
      const answer = await fetch(`${this.origin}/readyz`).catch(() => undefined);
      if (answer?.status === 200) return;
      if (this.#child?.exitCode !== null) this.begin();
      await delay(50);
    }
    throw new Error('a node was not ready within a minute');
  }
}
