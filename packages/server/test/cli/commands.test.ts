import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from './capture.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stellar-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));

const commands = [
  [],
  ['serve'],
  ['store'],
  ['recall'],
  ['forget'],
  ['login'],
  ['logout'],
  ['export'],
  ['import'],
  ['sync'],
  ['key'],
  ['key', 'create'],
  ['key', 'list'],
  ['key', 'rotate'],
  ['key', 'revoke'],
  ['key', 'show'],
  ['usage'],
  ['usage', 'show'],
  ['usage', 'verify'],
  ['audit'],
  ['audit', 'list'],
  ['audit', 'verify'],
  ['user'],
  ['user', 'create'],
  ['user', 'list'],
  ['user', 'show'],
  ['user', 'tier'],
  ['user', 'erase'],
  ['user', 'restore'],
  ['user', 'erasures'],
  ['user', 'suspend'],
  ['user', 'resume'],
  ['migrate'],
  ['migrate', 'up'],
  ['migrate', 'down'],
  ['migrate', 'status'],
  ['migrate', 'plan'],
  ['embeddings'],
  ['embeddings', 'status'],
  ['embeddings', 'reindex'],
  ['embeddings', 'prune'],
  ['doctor'],
];

describe('help', () => {
  test.each(commands.map((path) => ({ path })))(
    'of "$path" is there and succeeds',
    async ({ path }) => {
      const { exitCode, out } = await run([...path, '--help']);
      expect(exitCode).toBe(0);
      expect(out).toContain(`Usage: ${['stellar-memory', ...path].join(' ')}`);
    },
  );

  test('of serve names every environment variable', async () => {
    const { out } = await run(['serve', '--help']);
    for (const name of ['STELLAR_PORT', 'DATABASE_URL', 'STELLAR_SECRET', 'STELLAR_ADMIN_TOKEN'])
      expect(out).toContain(name);
  });
});

describe('a command called wrongly', () => {
  test('ends with 2 and says how to get help', async () => {
    const { exitCode, err } = await run(['recall']);
    expect(exitCode).toBe(2);
    expect(err).toContain("missing required argument 'query'");
    expect(err).toContain('--help');
  });

  test('that does not exist is named, with the nearest that does', async () => {
    const { exitCode, err } = await run(['recal', 'tea']);
    expect(exitCode).toBe(2);
    expect(err).toContain('recall');
  });

  test('with a tier that is not sold is refused: neither local nor the old team', async () => {
    for (const tier of ['local', 'team']) {
      const { exitCode, err } = await run(['user', 'create', 'a@example.com', '--tier', tier]);
      expect(exitCode).toBe(2);
      expect(err).toContain('free, pro, promax');
    }
  });
});

describe('a command that cannot do its work', () => {
  test('says that no server answers, and how to start one', async () => {
    const { exitCode, err } = await run(['recall', 'tea', '--url', 'http://127.0.0.1:1'], {
      STELLAR_API_KEY: 'k',
    });
    expect(exitCode).toBe(1);
    expect(err).toContain('No server answers at http://127.0.0.1:1.');
    expect(err).toContain('npm start');
  });

  test('says where it looked for a key', async () => {
    const { exitCode, err } = await run(['recall', 'tea', '--data-dir', folder]);
    expect(exitCode).toBe(1);
    expect(err).toContain(join(folder, 'local-key'));
    expect(err).toContain('STELLAR_API_KEY');
  });

  test('never sends the local key to another machine', async () => {
    await writeFile(join(folder, 'local-key'), 'sm_live_local\n');
    const elsewhere = ['--url', 'https://memory.example'];
    const { exitCode, err } = await run(['recall', 'tea', '--data-dir', folder, ...elsewhere]);
    expect(exitCode).toBe(1);
    expect(err).toContain('No API key for https://memory.example.');
    await rm(join(folder, 'local-key'));
  });

  test('reports every problem of the configuration, without a stack', async () => {
    const { exitCode, err } = await run(['serve'], {
      STELLAR_PORT: 'x',
      DATABASE_URL: 'postgres://app@127.0.0.1:1/stellar',
    });
    expect(exitCode).toBe(1);
    expect(err).toContain('✗ STELLAR_PORT must be a number');
    expect(err).toContain('✗ STELLAR_SECRET is required');
    expect(err).not.toContain('    at ');
  });

  test('needs the operator to make accounts, and says how', async () => {
    const { exitCode, err } = await run(['user', 'create', 'a@example.com']);
    expect(exitCode).toBe(1);
    expect(err).toContain('STELLAR_ADMIN_TOKEN is not set');
  });

  test('needs the operator to make a key for another account, and the id of that account', async () => {
    const id = '3f0c2a52-0000-4000-8000-000000000000';
    const asked = await run(['key', 'create', 'rescue', '--user', id]);
    expect(asked).toMatchObject({ exitCode: 1 });
    expect(asked.err).toContain('STELLAR_ADMIN_TOKEN is not set');
    const named = await run(['key', 'create', 'rescue', '--user', 'mina@example.com']);
    expect(named.err).toContain('is not the id of an account');
  });

  test('refuses a JSON that is none before it asks anybody', async () => {
    const { exitCode, err } = await run(['store', 'text', '--metadata', '{a:1}']);
    expect(exitCode).toBe(1);
    expect(err).toContain('--metadata is not JSON.');
  });

  test('tells the embedded engine that it needs no migrate command', async () => {
    const { exitCode, err } = await run(['migrate', 'up']);
    expect(exitCode).toBe(1);
    expect(err).toContain('migrates itself when the server starts');
  });
});

test('key show prints the local key and nothing else', async () => {
  await writeFile(join(folder, 'local-key'), 'sm_live_shown\n');
  expect(await run(['key', 'show'], { STELLAR_DATA_DIR: folder })).toEqual({
    exitCode: 0,
    out: 'sm_live_shown',
    err: '',
  });
  await rm(join(folder, 'local-key'));
});
