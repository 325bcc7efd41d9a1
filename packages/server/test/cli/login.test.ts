import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createClient } from '../../../client/src/index.js';
import { runCli } from '../../src/cli/run-cli.js';
import { type SignInServer, startSignInServer } from '../auth/sign-in-server.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { run } from './capture.js';

describeEngines('login and logout', (engine) => {
  let db: TestDatabase;
  let server: SignInServer;
  let home: string;
  let me: { cookie: string; origin: string };

  beforeAll(async () => {
    db = await engine.open();
    server = await startSignInServer(db, { intervalSeconds: 0 });
  });
  afterAll(async () => {
    await server.close();
    await db.close();
  });
  beforeEach(async () => {
    me = await server.signIn(`${randomUUID()}@example.com`);
    home = await mkdtemp(join(tmpdir(), 'stellar-login-'));
    vi.stubEnv('XDG_CONFIG_HOME', home);
    return async () => {
      vi.unstubAllEnvs();
      await rm(home, { recursive: true });
    };
  });

  const env = () => ({ XDG_CONFIG_HOME: home });
  const file = () => join(home, 'stellar-memory', 'logins.json');

  /** Logs in while a person decides as soon as the code is shown. */
  async function login(grant: boolean, ...more: string[]) {
    const out: string[] = [];
    const err: string[] = [];
    const exitCode = await runCli(['login', '--url', server.url, ...more], {
      program: 'stellar-memory',
      env: env(),
      output: {
        width: 100,
        line: (text) => out.push(text),
        problem: (text) => err.push(text),
        progress: () => undefined,
      },
      readInput: () => Promise.resolve(''),
      pause: async () => {
        const user_code = /device#(\S+)/.exec(out[0] ?? '')?.[1];
        await server.post('/auth/device/decide', { user_code, grant }, me);
      },
    });
    return { exitCode, out: out.join('\n'), err: err.join('\n') };
  }

  test('gives commands and the SDK a key of their own, and take it back', async () => {
    const done = await login(true, '--name', 'my laptop');
    expect(done).toMatchObject({ exitCode: 0, err: '' });
    expect(done.out).toContain('Open https://memory.example.com/device#');
    expect(done.out).toContain(file());
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect((await stat(join(home, 'stellar-memory'))).mode & 0o777).toBe(0o700);

    const stored = await run(['store', 'Mina drinks green tea', '--url', server.url], env());
    expect(stored).toMatchObject({ exitCode: 0 });
    const [found] = await createClient({ url: `${server.url}/` }).recall('green tea');
    expect(found?.content).toBe('Mina drinks green tea');
    const keys = await run(['key', 'list', '--url', server.url], env());
    expect(keys.out).toContain('my laptop');

    const again = await run(['login', '--url', server.url], env());
    expect(again).toMatchObject({ exitCode: 1 });
    expect(again.err).toContain(`logout --url ${server.url}`);

    const kept = await readFile(file(), 'utf8');
    const left = await run(['logout', '--url', server.url], env());
    expect(left).toMatchObject({ exitCode: 0, out: 'Logged out.', err: '' });
    const key = /sm_live_\w+/.exec(kept)![0];
    const revoked = await run(['key', 'list', '--url', server.url], { STELLAR_API_KEY: key });
    expect(revoked.err).toContain('unauthorized');
    expect(await readFile(file(), 'utf8')).toBe('{}\n');
    const nobody = await run(['recall', 'tea', '--url', 'https://memory.example.com'], env());
    expect(nobody.err).toContain('stellar-memory login --url https://memory.example.com');
    expect(await run(['logout', '--url', server.url], env())).toMatchObject({ exitCode: 1 });
  });

  test('keeps nothing when the person says no', async () => {
    const { exitCode, err } = await login(false);
    expect(exitCode).toBe(1);
    expect(err).toContain('access_denied');
    await expect(stat(file())).rejects.toThrow('ENOENT');
  });

  test('of a key without the scope admin says that it lives on', async () => {
    await login(true, '--scopes', 'read');
    const left = await run(['logout', '--url', server.url], env());
    expect(left).toMatchObject({ exitCode: 0, out: 'Logged out.' });
    expect(left.err).toContain('revoke it with another key');
  });

  test('tells a broken file from none', async () => {
    await mkdir(join(home, 'stellar-memory'), { recursive: true });
    await writeFile(file(), 'not json');
    const { exitCode, err } = await run(['recall', 'tea', '--url', server.url], env());
    expect(exitCode).toBe(1);
    expect(err).toContain('cannot be read as logins');
  });
});
