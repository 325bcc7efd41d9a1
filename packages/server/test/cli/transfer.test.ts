import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import initSqlJs from 'sql.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromV2, V2Item } from '../../src/cli/transfer/v2-memory.js';
import { sealLine } from '../../src/domain/sealed-line.js';
import { jsonBody, send } from '../http/support/exchange.js';
import { type FullServer, startFullServer } from '../http/support/full-server.js';
import { engines, type TestDatabase } from '../support/engines.js';
import { run } from './capture.js';
import vectors from './v2-serializer.json' with { type: 'json' };

let folder: string;
let db: TestDatabase;
let server: FullServer;
let accounts = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stellar-transfer-'));
  db = await engines[0]!.open();
  server = await startFullServer(db);
});
afterAll(async () => {
  await server.close();
  await db.close();
  await rm(folder, { recursive: true });
});

const newKey = async (tier: 'free' | 'promax' = 'promax'): Promise<string> => {
  accounts += 1;
  return (await server.createAccount(`cli-${accounts}@example.com`, tier)).key;
};
const cli = (key: string, ...args: string[]) =>
  run([...args, '--url', server.url], { STELLAR_API_KEY: key });
const fileOf = async (name: string, data: string | Uint8Array): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, data);
  return path;
};
const memoriesOf = async (key: string) => {
  const { json } = await send(`${server.url}/api/v1/memories`, {
    headers: { authorization: `Bearer ${key}` },
  });
  return (json as { items: Record<string, unknown>[] }).items;
};

describe('export and import on the command line', () => {
  test('take everything to another account, with the same hash', async () => {
    const key = await newKey();
    const other = await newKey();
    const memories = Array.from({ length: 100 }, (_, n) => ({ content: `Note ${n}` }));
    await send(
      `${server.url}/api/v1/store/batch`,
      jsonBody({ memories }, { authorization: `Bearer ${key}` }),
    );
    const file = join(folder, 'all.ndjson');
    const exported = await cli(key, 'export', file, '--json');
    expect(exported.exitCode).toBe(0);
    const { content_hash } = JSON.parse(exported.out) as { content_hash: string };
    expect(await readdir(folder)).toEqual(['all.ndjson']);
    const imported = await cli(other, 'import', file);
    expect(imported.out).toBe('Imported 100 memories from an export; 0 were there already.');
    expect((await cli(other, 'import', file, '--json')).out).toBe(
      JSON.stringify({ memories: 100, stored: 0, existing: 100 }, undefined, 2),
    );
    const again = await cli(other, 'export', join(folder, 'again.ndjson'), '--json');
    expect(JSON.parse(again.out)).toMatchObject({ memories: 100, content_hash });
  });

  test('say where a file is bad, what was kept, and go on when it is mended', async () => {
    const key = await newKey();
    const items = Array.from({ length: 5 }, (_, n) => ({
      id: `m${n}`,
      content: `Note ${n}`,
      created_at: 1_700_000_000,
      last_recalled_at: 1_700_000_000,
    }));
    const lines = items.map((item) => sealLine(fromV2(V2Item.parse(item), Date.now())));
    const bad = await fileOf('bad.ndjson', lines.with(3, '{"type":"memory"}').join('\n'));
    const refused = await cli(key, 'import', bad);
    expect(refused.exitCode).toBe(1);
    expect(refused.err).toContain('At line 4 of the file.');
    expect(refused.err).toContain('3 memories were imported before it, 0 were there already.');
    const mended = await fileOf('mended.ndjson', lines.join('\n'));
    expect((await cli(key, 'import', mended)).out).toMatch(/^Imported 2 memories .*; 3 were there/);
  });

  test('notice a file that is cut off, and one that was changed', async () => {
    const key = await newKey();
    const file = join(folder, 'whole.ndjson');
    await cli(key, 'export', file);
    const [head, end] = (await readFile(file, 'utf8')).trimEnd().split('\n') as [string, string];
    const line = sealLine(fromV2(V2Item.parse(vectors.cases[2]!.in), 0));
    const cut = await cli(key, 'import', await fileOf('cut.ndjson', `${head}\n${line}\n`));
    expect(cut.err).toContain('The file is cut off');
    const more = await cli(key, 'import', await fileOf('more.ndjson', `${head}\n${line}\n${end}`));
    expect(more.err).toContain('is the end of another export');
  });

  test('tell that a store is full, and how much went in', async () => {
    const key = await newKey('free');
    const items = Array.from({ length: 1_001 }, (_, n) => ({
      id: `m${n}`,
      content: `Note ${n}`,
      created_at: 1_700_000_000,
      last_recalled_at: 1_700_000_000,
    }));
    const file = await fileOf('much.json', JSON.stringify({ version: '0.3.0', items }));
    const { exitCode, err } = await cli(key, 'import', file);
    expect(exitCode).toBe(1);
    expect(err).toContain('1000 of 1000 memories. (quota_exceeded)');
    expect(err).toContain('1000 memories were imported before it');
  });
});

const now = vectors.now;

describe('what v1 and v2 wrote', () => {
  test('comes in from their JSON export as it was', async () => {
    const key = await newKey();
    const out = vectors.cases[0]?.out;
    const file = await fileOf('v2.json', JSON.stringify(out));
    expect((await cli(key, 'import', file)).out).toMatch(/^Imported 2 memories from a JSON export/);
    expect(await memoriesOf(key)).toMatchObject([
      {
        id: 'a',
        zone: 1,
        score: 0.66,
        importance: 0.7,
        recall_count: 2,
        metadata: { tag: 't', n: 1 },
      },
      { id: 'b', zone: 3, score: 0.1, importance: 0.5, recall_count: 0, content: '한글 "q"\n' },
    ]);
  });

  test.each(
    vectors.cases
      .filter(({ fn }) => fn === 'import_item')
      .map(({ in: item, out }) => ({ item, out })),
  )('has the defaults that they had: $item', ({ item, out }) => {
    const read = V2Item.parse(item);
    const wanted = out as {
      recall_count: number;
      importance: number;
      zone: number;
      metadata: object;
      embedding: number[] | null;
    };
    expect(read).toMatchObject({
      recall_count: wanted.recall_count,
      arbitrary_importance: wanted.importance,
      zone: wanted.zone,
      metadata: wanted.metadata,
    });
    const { embedding } = fromV2(read, now * 1_000).v1 ?? {};
    expect(embedding === undefined ? null : floatsOf(embedding)).toEqual(wanted.embedding);
  });

  test('is placed as they placed it', () => {
    const placement = vectors.cases.find(({ fn }) => fn === 'import_placement')!;
    const { items } = placement.in as { items: Record<string, unknown>[] };
    const placed = items.map(({ importance, ...item }) =>
      fromV2(
        V2Item.parse({
          content: 'c',
          created_at: now,
          last_recalled_at: now,
          arbitrary_importance: importance,
          ...item,
        }),
        now * 1_000,
      ),
    );
    expect(Object.fromEntries(placed.map(({ id, zone }) => [id, zone]))).toEqual(placement.out);
  });

  test.each(
    vectors.cases
      .filter(({ fn }) => fn === 'import_bad')
      .map(({ in: bad }) => bad as { text: string }),
  )('is not begun when it is bad: $text', async ({ text }) => {
    const key = await newKey();
    const { exitCode } = await cli(key, 'import', await fileOf('bad.json', text));
    expect(exitCode).toBe(1);
    expect(await memoriesOf(key)).toEqual([]);
  });

  test('comes in from their SQLite file, an old one too, which is not touched', async () => {
    const key = await newKey();
    const engine = await initSqlJs();
    const database = new engine.Database();
    database.run(`
      create table memories (id text primary key, content text not null, created_at real not null,
        last_recalled_at real not null, recall_count integer default 0, arbitrary_importance real default 0.5,
        zone integer not null, metadata text default '{}', embedding blob, total_score real default 0);
      insert into memories values
        ('s1', '첫 번째', 1700000000.5, 1700000009, 3, 0.9, 0, '{"k":[1,2]}', x'0000803f', 0.9),
        ('s2', 'second', 1700000001, 1700000001, 0, 0.5, 2, '{}', null, 0.3)`);
    const bytes = database.export();
    const file = await fileOf('stellar_memory.db', bytes);
    expect((await cli(key, 'import', file)).out).toBe(
      'Imported 2 memories from a SQLite file; 0 were there already.',
    );
    expect(await memoriesOf(key)).toMatchObject([
      {
        id: 's1',
        content: '첫 번째',
        recall_count: 3,
        last_recalled_at: 1_700_000_009,
        zone: 0,
        metadata: { k: [1, 2] },
      },
      { id: 's2', created_at: 1_700_000_001, zone: 2, last_recalled_at: null },
    ]);
    expect(Buffer.compare(await readFile(file), bytes)).toBe(0);
  });

  test('says so when a SQLite file holds something else', async () => {
    const engine = await initSqlJs();
    const file = await fileOf('other.db', new engine.Database().run('create table t (a)').export());
    const { exitCode, err } = await cli(await newKey(), 'import', file);
    expect([exitCode, err]).toEqual([
      1,
      expect.stringContaining('has no memories that can be read'),
    ]);
  });
});

const floatsOf = (base64: string): number[] => {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
};
