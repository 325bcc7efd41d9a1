import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findPostgres } from '../../../../scripts/postgres/find-postgres.mjs';
import { startPostgres } from '../../../../scripts/postgres.mjs';

const script = fileURLToPath(new URL('../../../../scripts/postgres.mjs', import.meta.url));

/** One row of the server, over a connection of its own. */
async function ask(url: string, question: string): Promise<Record<string, unknown>> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(question);
    return rows[0] ?? {};
  } finally {
    await client.end();
  }
}

const facts = `select current_setting('fsync') as fsync, current_setting('listen_addresses') as listen,
  current_setting('data_directory') as folder, current_setting('server_encoding') as encoding,
  current_setting('max_connections')::int >= 200 as roomy, rolsuper as super
  from pg_roles where rolname = current_user`;

describe.skipIf(findPostgres() === undefined)('a throw-away Postgres', () => {
  test('is durable, on the loopback only, and deleted when stopped', async () => {
    const server = await startPostgres();
    onTestFinished(server.stop);
    const { folder, ...rest } = await ask(server.url, facts);
    expect(rest).toEqual({
      fsync: 'on',
      listen: '127.0.0.1',
      encoding: 'UTF8',
      roomy: true,
      super: true,
    });
    expect(existsSync(String(folder))).toBe(true);
    await server.stop();
    expect(existsSync(String(folder))).toBe(false);
    await expect(ask(server.url, facts)).rejects.toThrow('ECONNREFUSED');
  });

  test('asks for its password', async () => {
    const server = await startPostgres({ fsync: false });
    onTestFinished(server.stop);
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    await expect(ask(wrong.href, facts)).rejects.toThrow('password authentication failed');
    expect(await ask(server.url, facts)).toMatchObject({ fsync: 'off' });
  });

  test('does not outlive a starter that is killed', async () => {
    const starter = spawn(process.execPath, [script, 'start'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void starter.kill('SIGKILL'));
    let url = '';
    for await (const line of createInterface(starter.stdout)) {
      url = /^TEST_PG_URL=(.*)$/.exec(line)?.[1] ?? '';
      if (url) break;
    }
    const { folder } = await ask(url, facts);
    starter.kill('SIGKILL');
    await once(starter, 'exit');
    // Its keeper works on after the starter is gone.
    await expect.poll(() => existsSync(String(folder))).toBe(false);
  });

  test('hands the exit code of a command on', async () => {
    const command = [
      'run',
      '--',
      process.execPath,
      '-e',
      'process.exit(process.env.TEST_PG_URL ? 7 : 1)',
    ];
    const child = spawn(process.execPath, [script, ...command], { stdio: 'inherit' });
    await once(child, 'exit');
    expect(child.exitCode).toBe(7);
  });
});

test('says how to get a Postgres that is not there', async () => {
  await expect(startPostgres({ version: 3 })).rejects.toThrow('install-postgres.mjs --version 3');
});
