import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../scripts/free-port.mjs';

const main = fileURLToPath(new URL('../../packages/server/dist/main.js', import.meta.url));
const adminToken = 'bench-operator-token-of-32-bytes!';
const startDeadlineMs = 30_000;

/** A server in a process of its own, built beforehand by `npm run build`. */
export interface RunningServer {
  readonly origin: string;
  readonly adminToken: string;
  readonly pid: number;
  /** Makes an account and answers its key. */
  createUser(
    email: string,
    tier?: 'free' | 'pro' | 'promax',
  ): Promise<{ userId: string; key: string }>;
  /** The same; `undefined` when the e-mail has an account. */
  tryCreateUser(email: string): Promise<{ userId: string; key: string } | undefined>;
  /** Makes a key for an account. */
  createKey(userId: string): Promise<string>;
  /** Resident memory in bytes, of the server process. */
  residentBytes(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the built server with the given environment on a free port. */
export async function startServer(env: Record<string, string>): Promise<RunningServer> {
  const port = env['STELLAR_PORT'] ?? `${await freePort()}`;
  const origin = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [main, 'serve'], {
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      LOG_LEVEL: 'error',
      STELLAR_PORT: port,
      STELLAR_SECRET: 'bench-secret-of-at-least-32-bytes-length',
      STELLAR_ADMIN_TOKEN: adminToken,
      STELLAR_RATE_LIMITS: 'off',
      // Such as --cpu-prof: where a server's time goes.
      NODE_OPTIONS: process.env['SERVER_NODE_OPTIONS'],
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await ready(origin, child);
  return {
    origin,
    adminToken,
    pid: child.pid!,
    async createUser(email, tier = 'promax') {
      const made = await createUser(origin, email, tier);
      if (made === undefined) throw new Error(`${email} has an account`);
      return made;
    },
    tryCreateUser: (email) => createUser(origin, email, 'promax'),
    createKey: (userId) => createKey(origin, userId),
    residentBytes: () => residentBytes(child.pid!),
    stop: () => stop(child),
  };
}

async function ready(origin: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + startDeadlineMs;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const answer = await fetch(`${origin}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGKILL');
  throw new Error(`the server was not ready within ${startDeadlineMs} ms`);
}

async function createUser(
  origin: string,
  email: string,
  tier: string,
): Promise<{ userId: string; key: string } | undefined> {
  const answer = await asOperator(origin, '/admin/users', { email, tier });
  if (answer.status === 409) return undefined;
  if (answer.status !== 201) throw new Error(`POST /admin/users answered ${answer.status}`);
  const user = (await answer.json()) as { user_id: string; api_key: string };
  return { userId: user.user_id, key: user.api_key };
}

async function createKey(origin: string, userId: string): Promise<string> {
  const answer = await asOperator(origin, `/admin/users/${userId}/api-keys`, { name: 'bench' });
  if (answer.status !== 201) throw new Error(`POST …/api-keys answered ${answer.status}`);
  return ((await answer.json()) as { api_key: string }).api_key;
}

const asOperator = (origin: string, path: string, body: unknown): Promise<Response> =>
  fetch(`${origin}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
