import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { run as runCommand } from '../cli/capture.js';
import { buildServer } from './build.js';
import { ServerProcess } from './server-process.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

const run = promisify(execFile);
const cleanUps: (() => Promise<unknown>)[] = [];
let parent: string;
/** A data folder after its first start: copied, because making one takes seconds. */
let started: string;
let first: { server: ServerProcess; url: string; afterMs: number; pasted: string };

beforeAll(async () => {
  buildServer();
  parent = await mkdtemp(join(tmpdir(), 'stellar-start-'));
  started = join(parent, 'first');
  const server = new ServerProcess({ STELLAR_DATA_DIR: started });
  const ready = await server.ready();
  const pasted = await paste(server, ready.url);
  await server.stop();
  first = { server, ...ready, pasted };
});
afterAll(() => rm(parent, { recursive: true }));
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

/** Does what the greeting proposes: with curl, or as curl would where there is none. */
async function paste(server: ServerProcess, url: string): Promise<string> {
  const line = /^curl .*$/m.exec(server.out)?.[0] ?? 'false';
  if (spawnSync('curl', ['--version']).error === undefined)
    return (await run('sh', ['-c', line])).stdout;
  const headers = { 'x-api-key': await keyOf(started), 'content-type': 'application/json' };
  const body = /-d '([^']+)'/.exec(line)?.[1] ?? '';
  await fetch(`${url}/api/v1/store`, { method: 'POST', headers, body });
  return (await fetch(/'(http[^']+)'/.exec(line)?.[1] ?? '', { headers })).text();
}

let folders = 0;
const newFolder = (): string => join(parent, `folder-${++folders}`);

async function usedFolder(): Promise<string> {
  const folder = newFolder();
  await cp(started, folder, { recursive: true });
  return folder;
}

function start(folder: string, env: Record<string, string> = {}): ServerProcess {
  const server = new ServerProcess({ STELLAR_DATA_DIR: folder, ...env });
  cleanUps.push(() => server.stop());
  return server;
}

const keyOf = async (folder: string): Promise<string> =>
  (await readFile(join(folder, 'local-key'), 'utf8')).trim();

/** The promise is for a machine that does nothing else; beside other suites the time is shared. */
const onThisMachine = (limitMs: number): number =>
  limitMs * Math.max(1, (2 * loadavg()[0]!) / cpus().length);

describe('the first start in an empty folder', () => {
  test('is ready within 10 s', () => {
    process.stdout.write(`first start: ready after ${Math.round(first.afterMs)} ms\n`);
    expect(first.afterMs).toBeLessThan(onThisMachine(10_000));
  });

  test('prints the URL, one key and a line that stores and recalls when it is pasted', async () => {
    const { server, url, pasted } = first;
    expect(server.out).toContain(url);
    expect(server.out).toContain(`API key: ${await keyOf(started)}\n`);
    expect(pasted.match(/Mina prefers green tea/g)).toHaveLength(1);
  });

  test('leaves its secrets readable by their owner only', async () => {
    for (const name of ['secret', 'local-key'])
      expect((await stat(join(started, name))).mode & 0o777).toBe(0o600);
    expect((await stat(started)).mode & 0o777).toBe(0o700);
  });
});

describe('a later start', () => {
  test('is ready within 2 s, has every memory, and says where the key lies but not the key', async () => {
    const folder = await usedFolder();
    const server = start(folder);
    const { url, afterMs } = await server.ready();
    process.stdout.write(`later start: ready after ${Math.round(afterMs)} ms\n`);
    expect(afterMs).toBeLessThan(onThisMachine(2_000));
    const key = await keyOf(folder);
    expect(server.out).not.toContain(key);
    expect(server.out).toContain(join(folder, 'local-key'));
    const found = await fetch(`${url}/api/v1/recall?q=tea`, { headers: { 'x-api-key': key } });
    expect(await found.json()).toMatchObject([{ content: 'Mina prefers green tea' }]);
  });

  test('opens the local account, which has no limits, and answers 401 without its key', async () => {
    const folder = await usedFolder();
    const { url } = await start(folder).ready();
    expect((await fetch(`${url}/api/v1/stats`)).status).toBe(401);
    const headers = { 'x-api-key': await keyOf(folder), 'content-type': 'application/json' };
    for (const name of ['a', 'b', 'c']) {
      const body = JSON.stringify({ name });
      const made = await fetch(`${url}/auth/api-keys`, { method: 'POST', headers, body });
      expect(made.status).toBe(201);
    }
  });

  test('after the key file was lost makes a new key for the same account', async () => {
    const folder = await usedFolder();
    const lost = await keyOf(folder);
    await rm(join(folder, 'local-key'));
    const server = start(folder);
    const { url } = await server.ready();
    const key = await keyOf(folder);
    expect(key).not.toBe(lost);
    expect(server.out).toContain(`API key: ${key}\n`);
    for (const each of [key, lost]) {
      const stats = await fetch(`${url}/api/v1/stats`, { headers: { 'x-api-key': each } });
      expect(await stats.json()).toMatchObject({ total_memories: 1 });
    }
  });
});

describe('commands on the same machine', () => {
  test('find the server and its local key by themselves', async () => {
    const folder = await usedFolder();
    const { url } = await start(folder).ready();
    const command = (...args: string[]) =>
      runCommand([...args, '--url', url], { STELLAR_DATA_DIR: folder }, 'from a pipe\n');
    const stored = JSON.parse((await command('store', '-', '--json')).out) as { id: string };
    const [found] = JSON.parse((await command('recall', 'pipe', '--json')).out) as unknown[];
    expect(found).toMatchObject({ id: stored.id, content: 'from a pipe' });
    expect((await command('recall', 'pipe')).out).toMatch(/^1\. from a pipe\n/);
    expect(await command('forget', stored.id)).toMatchObject({ exitCode: 0, out: 'Forgotten.' });
    expect((await command('recall', 'pipe')).out).toBe('Nothing was found.');
    expect((await command('forget', stored.id)).err).toContain('(not_found)');
    expect((await command('store', 'x', '--importance', '7')).err).toContain('/importance');
    expect(await command('doctor')).toMatchObject({ exitCode: 0, err: '' });
  });

  test('make, list and revoke keys, and make accounts with the token of the operator', async () => {
    const folder = await usedFolder();
    const { url } = await start(folder, { STELLAR_ADMIN_TOKEN: 'operator' }).ready();
    const command = (...args: string[]) =>
      runCommand([...args, '--url', url], {
        STELLAR_DATA_DIR: folder,
        STELLAR_ADMIN_TOKEN: 'operator',
      });
    const made = JSON.parse((await command('key', 'create', 'laptop', '--json')).out) as {
      id: string;
    };
    expect((await command('key', 'list')).out).toContain(made.id);
    expect((await command('key', 'revoke', made.id)).out).toBe('Revoked.');
    expect((await command('key', 'list')).out).not.toContain(made.id);
    const user = await command('user', 'create', 'Mina@Example.com', '--json');
    const { user_id: id, email } = JSON.parse(user.out) as { user_id: string; email: string };
    expect(email).toBe('mina@example.com');
    expect((await command('user', 'create', 'mina@example.com')).err).toContain('(conflict)');
    expect((await command('user', 'tier', id, 'promax')).out).toContain('promax');
  });
});

describe('SIGTERM', () => {
  test('answers the request that is under way, then exits with 0', async () => {
    const folder = await usedFolder();
    const server = start(folder);
    const { url } = await server.ready();
    const body = JSON.stringify({ content: 'sent in two parts' });
    const sending = request(`${url}/api/v1/store`, {
      method: 'POST',
      headers: {
        'x-api-key': await keyOf(folder),
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        expect: '100-continue',
      },
    });
    sending.flushHeaders();
    // The server has taken the request: it is under way from here on.
    await once(sending, 'continue');
    server.signal('SIGTERM');
    const answered = once(sending, 'response');
    sending.end(body);
    const [response] = (await answered) as [{ statusCode: number }];
    expect(response.statusCode).toBe(200);
    expect(await server.ended()).toEqual({ exitCode: 0, signal: null });
  });

  test('does not wait for a client that only keeps its connection open', async () => {
    const server = start(await usedFolder());
    const { url } = await server.ready();
    await (await fetch(`${url}/livez`)).text();
    const before = performance.now();
    expect((await server.stop()).exitCode).toBe(0);
    expect(performance.now() - before).toBeLessThan(onThisMachine(5_000));
  });

  test('to npm ends the server too, although npm does not pass it on', async () => {
    const env = { STELLAR_DATA_DIR: await usedFolder(), LOG_LEVEL: 'info', HOME: parent };
    const npm = new ServerProcess(env, ['npm', 'start']);
    cleanUps.push(() => npm.stop());
    await npm.ready();
    await npm.stop();
    expect(npm.err).toContain('"stopped"');
  });

  test('during the start ends the process too', async () => {
    const server = start(await usedFolder(), { LOG_LEVEL: 'info' });
    await server.wrote('opening the embedded database');
    await server.stop();
    expect(server.err).not.toContain('    at ');
  });
});

describe('a start that cannot be', () => {
  test('on a data folder in use says so, and leaves the holder alone', async () => {
    const folder = await usedFolder();
    const { url } = await start(folder).ready();
    const second = start(folder);
    expect((await second.ended()).exitCode).toBe(1);
    expect(second.err).toContain('in use by process');
    expect(second.err).toContain('STELLAR_DATA_DIR');
    expect(second.err).not.toContain('    at ');
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  test('on a port in use says so at once and makes nothing', async () => {
    const folder = newFolder();
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const server = start(folder, { STELLAR_PORT: String(port) });
    expect((await server.ended()).exitCode).toBe(1);
    holder.close();
    expect(server.err).toContain(`Port ${port} on 127.0.0.1 is in use.`);
    expect(server.err).not.toContain('    at ');
    await expect(stat(folder)).rejects.toThrow('ENOENT');
  });

  test('on a Postgres that does not answer names it without its password', async () => {
    const server = start(newFolder(), {
      DATABASE_URL: 'postgres://stellar_app:hunter2@127.0.0.1:1/stellar',
      STELLAR_SECRET: 'a secret of the test, longer than 32 bytes',
    });
    expect((await server.ended()).exitCode).toBe(1);
    expect(server.err).toContain('127.0.0.1:1');
    expect(server.err).not.toContain('hunter2');
    expect(server.err).not.toContain('    at ');
  });
});
