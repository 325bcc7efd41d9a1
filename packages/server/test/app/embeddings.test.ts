import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openLog } from '../../src/app/log.js';
import { openMigrations } from '../../src/app/migrations.js';
import { type App, startApp } from '../../src/app.js';
import { readConfig } from '../../src/config/read-config.js';
import { StartRefused } from '../../src/config/start-refused.js';
import { fail, type Provider, startProvider } from '../recall/embedders/provider.js';
import { dimensions, wordsVector } from '../recall/vectors/open-vectors.js';
import { hasPostgres, postgresUrl, urlFor } from '../support/postgres-server.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const apiKey = 'sk-of-the-provider';
const log: string[] = [];
const logger = openLog('info', { write: (line) => void log.push(line) });
let provider: Provider;
/** Calls back for each text that the provider sees. */
let onText: (text: string) => void = () => undefined;

beforeEach(async () => {
  provider = await startProvider((text) => {
    onText(text);
    return wordsVector(text);
  });
});
afterEach(() => provider.close());

const embedderEnv = () => ({
  EMBEDDINGS_PROVIDER: 'compatible',
  EMBEDDINGS_URL: provider.url,
  EMBEDDINGS_MODEL: 'small',
  EMBEDDINGS_DIMENSIONS: String(dimensions),
  EMBEDDINGS_API_KEY: apiKey,
  EMBEDDINGS_DOCUMENT_PREFIX: 'passage:',
});
/** Resolves when the provider is asked for just this. */
const asked = (wanted: string): Promise<void> =>
  new Promise((resolve) => {
    onText = (text) => {
      if (text === wanted) resolve();
    };
  });

describe('an embedder beside the embedded engine', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stellar-embeddings-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const start = (env: Record<string, string> = {}): Promise<App> =>
    startApp(readConfig({ env: { STELLAR_PORT: '0', STELLAR_DATA_DIR: folder, ...env } }), logger);
  const send = async (app: App, method: string, path: string, body?: unknown) => {
    const key = (await readFile(join(folder, 'local-key'), 'utf8')).trim();
    const response = await fetch(`${app.facts.url}${path}`, {
      method,
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: (await response.json()) as { id: string } };
  };

  test('is asked for what was stored before it came and while it was away, and may go again', async () => {
    const without = await start();
    const early = await send(without, 'POST', '/api/v1/store', { content: 'early' });
    expect(await (await fetch(`${without.facts.url}/metrics`)).text()).not.toContain('embedding');
    await without.stop();

    const sawEarly = asked('passage: early');
    const failing = await start(embedderEnv());
    await sawEarly;
    await failing.stop();

    provider.script.push(fail(401));
    const sawLate = asked('passage: late');
    const withOne = await start(embedderEnv());
    expect((await send(withOne, 'POST', '/api/v1/store', { content: 'late' })).status).toBe(200);
    await sawLate;
    const metrics = await (await fetch(`${withOne.facts.url}/metrics`)).text();
    expect(metrics).toMatch(/^stellar_embedding_failures_total 1$/m);
    await withOne.stop();
    expect(log.join()).toContain('answered 401');
    expect(log.join()).not.toContain(apiKey);

    const again = await start();
    expect((await send(again, 'DELETE', `/api/v1/forget/${early.json.id}`)).status).toBe(200);
    await again.stop();
  });
});

describe.skipIf(!hasPostgres())('an embedder beside Postgres', () => {
  let name: string;
  let adminUrl: string;
  let hasVector: boolean;

  beforeEach(async () => {
    name = `stellar_embed_${randomBytes(6).toString('hex')}`;
    adminUrl = urlFor(await postgresUrl(), name);
    const admin = new pg.Client({ connectionString: await postgresUrl() });
    await admin.connect();
    await admin.query(`create database ${name}`);
    const found = await admin.query(`select from pg_available_extensions where name = 'vector'`);
    hasVector = found.rowCount === 1;
    await admin.end();
  });
  afterEach(async () => {
    const admin = new pg.Client({ connectionString: await postgresUrl() });
    await admin.connect();
    await admin.query(`drop database ${name} with (force)`);
    await admin.query(`drop role if exists ${name}`);
    await admin.end();
  });

  const configOf = (env: Record<string, string>) =>
    readConfig({
      env: {
        STELLAR_PORT: '0',
        STELLAR_SECRET: 's'.repeat(32),
        DATABASE_URL: urlFor(adminUrl, name, { name, password: 'p' }),
        ...env,
      },
    });

  test('needs room for its vectors, which migrate up makes', async (context) => {
    const direct = { DATABASE_DIRECT_URL: adminUrl };
    const words: string[] = [];
    await openMigrations(configOf(direct), () => undefined).up({});
    await expect(startApp(configOf(embedderEnv()), logger)).rejects.toThrow(
      /no room for vectors of small with 64 dimensions.*migrate up/,
    );
    const migrating = openMigrations(configOf({ ...direct, ...embedderEnv() }), (text) => {
      words.push(text);
    });
    if (!hasVector) await expect(migrating.up({})).rejects.toThrow(StartRefused);
    context.skip(!hasVector);
    await migrating.up({});
    expect(words.join()).toContain('Room for vectors of small, 64 dimensions');
    const app = await startApp(configOf(embedderEnv()), logger);
    await app.stop();
  });
});
