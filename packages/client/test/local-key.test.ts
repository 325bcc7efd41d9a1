import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createClient } from '../src/index.js';
import { json, startFake } from './support/fake-server.js';
import { secretKey } from './support/samples.js';

let folder: string;
const before = process.cwd();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stellar-client-'));
  vi.stubEnv('STELLAR_DATA_DIR', undefined);
  vi.stubEnv('XDG_CONFIG_HOME', folder);
});

afterEach(async () => {
  process.chdir(before);
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const keep = (path: string): Promise<void> => writeFile(path, `${secretKey}\n`, { mode: 0o600 });

describe('in Node, without apiKey', () => {
  test('the key is found in STELLAR_DATA_DIR', async () => {
    await keep(join(folder, 'local-key'));
    vi.stubEnv('STELLAR_DATA_DIR', folder);
    const fake = await startFake(json({}));
    await createClient({ url: fake.url }).stats();
    expect(fake.requests[0]!.headers.authorization).toBe(`Bearer ${secretKey}`);
  });

  test('the key is found in ./.stellar', async () => {
    await mkdir(join(folder, '.stellar'));
    await keep(join(folder, '.stellar', 'local-key'));
    process.chdir(folder);
    const fake = await startFake(json({}));
    await createClient({ url: fake.url }).stats();
    expect(fake.requests[0]!.headers.authorization).toBe(`Bearer ${secretKey}`);
  });

  test('a key that is not there yet is looked for again', async () => {
    vi.stubEnv('STELLAR_DATA_DIR', folder);
    const fake = await startFake(json({}));
    const stellar = createClient({ url: fake.url });
    await expect(stellar.stats()).rejects.toThrow(/STELLAR_DATA_DIR.*no_api_key/);
    expect(fake.requests).toHaveLength(0);
    await keep(join(folder, 'local-key'));
    await stellar.stats();
    expect(fake.requests).toHaveLength(1);
  });

  test.each(['', 'two words\n'])('a file that holds no key is no key: %j', async (text) => {
    await writeFile(join(folder, 'local-key'), text);
    vi.stubEnv('STELLAR_DATA_DIR', folder);
    await expect(createClient().stats()).rejects.toMatchObject({ code: 'no_api_key' });
  });

  test.each([
    'https://stellar.example',
    'http://10.0.0.1:9000',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
  ])('the local key is never sent to another machine: %s', async (url) => {
    await keep(join(folder, 'local-key'));
    vi.stubEnv('STELLAR_DATA_DIR', folder);
    const fetch = vi.fn<typeof globalThis.fetch>();
    await expect(createClient({ url, fetch }).stats()).rejects.toMatchObject({
      code: 'no_api_key',
    });
    expect(fetch).not.toHaveBeenCalled();
  });

  test('the key of a login at this server goes first, and to no other server', async () => {
    const fake = await startFake(json({}));
    const login = 'sm_live_of_a_login';
    await mkdir(join(folder, 'stellar-memory'));
    const logins = { [fake.url]: { api_key: login, id: 'x' } };
    await writeFile(join(folder, 'stellar-memory', 'logins.json'), JSON.stringify(logins));
    await keep(join(folder, 'local-key'));
    vi.stubEnv('STELLAR_DATA_DIR', folder);
    await createClient({ url: `${fake.url}/` }).stats();
    expect(fake.requests[0]!.headers.authorization).toBe(`Bearer ${login}`);
    const other = await startFake(json({}));
    await createClient({ url: other.url }).stats();
    expect(other.requests[0]!.headers.authorization).toBe(`Bearer ${secretKey}`);
  });
});
