import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { run } from '../cli/capture.js';
import { hasPostgres, postgresUrl, urlFor } from '../support/postgres-server.js';
import { buildServer } from './build.js';
import { ServerProcess } from './server-process.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

const secret = 'a secret of the test, longer than 32 bytes';
const token = 'token-of-the-operator';

/** An empty database, and a login for it that nobody has made yet. */
describe.skipIf(!hasPostgres())('a start on Postgres', () => {
  let name: string;
  let ownerUrl: string;
  let appUrl: string;
  let servers: ServerProcess[];

  const asAdmin = async (text: string): Promise<void> => {
    const admin = new pg.Client({ connectionString: await postgresUrl() });
    await admin.connect();
    await admin.query(text);
    await admin.end();
  };

  beforeAll(buildServer);
  beforeEach(async () => {
    name = `stellar_start_${randomBytes(6).toString('hex')}`;
    await asAdmin(`create database ${name}`);
    ownerUrl = urlFor(await postgresUrl(), name);
    appUrl = urlFor(ownerUrl, name, { name, password: 'p@ss:word/' });
    servers = [];
  });
  afterEach(async () => {
    for (const server of servers) await server.stop();
    await asAdmin(`drop database ${name} with (force)`);
    await asAdmin(`drop role if exists ${name}`);
  });

  const start = (env: Record<string, string>): ServerProcess => {
    const server = new ServerProcess({ STELLAR_SECRET: secret, ...env });
    servers.push(server);
    return server;
  };
  const both = () => ({ DATABASE_URL: appUrl, DATABASE_DIRECT_URL: ownerUrl });

  test('fills an empty database by itself, makes the login of DATABASE_URL and no account', async () => {
    const server = start({ ...both(), STELLAR_ADMIN_TOKEN: token });
    const { url } = await server.ready();
    expect(server.out).not.toContain('sm_live_');
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const made = await fetch(`${url}/admin/users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'mina@example.com', tier: 'pro' }),
    });
    const { api_key: key } = (await made.json()) as { api_key: string };
    const stats = await fetch(`${url}/api/v1/stats`, { headers: { 'x-api-key': key } });
    expect(await stats.json()).toMatchObject({ total_memories: 0 });
  });

  test('without the owner refuses an empty database and names the command', async () => {
    const server = start({ DATABASE_URL: ownerUrl });
    expect((await server.ended()).exitCode).toBe(1);
    expect(server.err).toContain('stellar-memory migrate up');
    expect(server.err).not.toContain('    at ');
  });

  test('refuses to serve as a superuser, whom row security does not bind', async () => {
    expect((await run(['migrate', 'up'], both())).exitCode).toBe(0);
    const server = start({ DATABASE_URL: ownerUrl });
    expect((await server.ended()).exitCode).toBe(1);
    expect(server.err).toContain('a superuser');
  });

  test('with a migration pending refuses, although it could migrate', async () => {
    expect((await run(['migrate', 'up', '--to', '3'], both())).exitCode).toBe(0);
    const server = start(both());
    expect((await server.ended()).exitCode).toBe(1);
    expect(server.err).toContain('stellar-memory migrate up');
  });

  test('two nodes share one database, and a key revoked through one stops on the other within a second', async () => {
    expect((await run(['migrate', 'up'], both())).exitCode).toBe(0);
    const env = { STELLAR_SECRET: secret, DATABASE_URL: appUrl };
    const made = await run(['user', 'create', 'mina@example.com', '--tier', 'pro', '--json'], env);
    const { api_key: key } = JSON.parse(made.out) as { api_key: string };
    const [here, there] = [await start(env).ready(), await start(env).ready()];
    const headers = { 'x-api-key': key };
    const created = await run(['key', 'create', 'other', '--json', '--url', here.url], {
      STELLAR_API_KEY: key,
    });
    const other = JSON.parse(created.out) as { id: string; api_key: string };
    const status = async (): Promise<number> => {
      const stats = await fetch(`${there.url}/api/v1/stats`, {
        headers: { 'x-api-key': other.api_key },
      });
      await stats.arrayBuffer();
      return stats.status;
    };
    expect(await status()).toBe(200);
    const revoked = await fetch(`${here.url}/auth/api-keys/${other.id}`, {
      method: 'DELETE',
      headers,
    });
    expect(revoked.status).toBe(200);
    const revokedAt = performance.now();
    for (;;) {
      const sentAfterMs = performance.now() - revokedAt;
      if ((await status()) === 401) break;
      expect(sentAfterMs).toBeLessThan(1_000);
    }
  });

  test('doctor finds nothing wrong with it, and says what is when something is', async () => {
    const before = await run(['doctor', '--url', 'http://127.0.0.1:1'], {
      STELLAR_SECRET: secret,
      ...both(),
    });
    expect(before.exitCode).toBe(1);
    expect(before.out).toContain('migrate up');
    expect((await run(['migrate', 'up'], both())).exitCode).toBe(0);
    const after = await run(['doctor', '--url', 'http://127.0.0.1:1'], {
      STELLAR_SECRET: secret,
      ...both(),
    });
    expect(after).toMatchObject({ exitCode: 0, err: '' });
  });

  test('status and plan say where a database stands and change nothing', async () => {
    const plan = await run(['migrate', 'plan'], both());
    expect(plan.out).toContain('001_add_user_id');
    expect((await run(['migrate', 'status'], both())).out).toMatch(/^pending +000_baseline/);
    await run(['migrate', 'up'], both());
    expect((await run(['migrate', 'plan'], both())).out).toBe('Nothing is pending.');
    expect((await run(['migrate', 'status'], both())).out).not.toContain('pending');
    expect((await run(['migrate', 'down', '--to', '0'], both())).out).toContain('Taken back');
  });
});
