import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { ExportEnd, ExportedMemory } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserId } from '../../src/domain/ids.js';
import { sealLine, sealOf } from '../../src/domain/sealed-line.js';
import type { Sql } from '../../src/storage/sql.js';
import { selectBehind } from '../../src/storage/statements/memory-transfer.js';
import { jsonBody, send } from '../http/support/exchange.js';
import { type FullServer, startFullServer } from '../http/support/full-server.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';

describeEngines('export and import', (engine) => {
  let db: TestDatabase;
  let server: FullServer;
  let accounts = 0;
  beforeAll(async () => {
    db = await engine.open();
    server = await startFullServer(db);
  });
  afterAll(async () => {
    await server.close();
    await db.close();
  });

  const newAccount = (tier: 'free' | 'promax' = 'promax') => {
    accounts += 1;
    return server.createAccount(`mover-${accounts}@example.com`, tier);
  };
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  const exportOf = async (key: string): Promise<string> => {
    const answer = await send(`${server.url}/api/v1/export`, { headers: bearer(key) });
    expect(answer.status).toBe(200);
    return answer.text;
  };
  const importInto = (key: string, text: string) =>
    send(`${server.url}/api/v1/import`, {
      ...jsonBody(text, bearer(key)),
      headers: { ...bearer(key), 'content-type': 'application/x-ndjson' },
    });
  const storeBatch = (key: string, memories: object[]) =>
    send(`${server.url}/api/v1/store/batch`, jsonBody({ memories }, bearer(key)));
  const memoriesIn = (text: string): ExportedMemory[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string })
      .filter(({ type }) => type === 'memory')
      .map((line) => ExportedMemory.parse(line));
  const endOf = (text: string): ExportEnd =>
    ExportEnd.parse(JSON.parse(text.trimEnd().split('\n').at(-1)!));
  const statsOf = async (key: string) =>
    (await send(`${server.url}/api/v1/stats`, { headers: bearer(key) })).json as {
      total_memories: number;
    };

  /** Memories of every kind, some recalled, one edited twice, one with what v1 left in its columns; two conversations. */
  async function fill(key: string, userId: string, count = 450): Promise<void> {
    const ask = (path: string, body: object, method = 'POST') =>
      send(`${server.url}/api/v1${path}`, { ...jsonBody(body, bearer(key)), method });
    await ask('/sessions', { session_id: 's0', agent_id: 'agent 0' });
    await ask('/sessions', { session_id: 'open' });
    for (let at = 0; at < count; at += 90)
      await storeBatch(
        key,
        Array.from({ length: Math.min(90, count - at) }, (_, n) => ({
          content: `Turn ${at + n}: 차를 마신다 "quoted"\n\u2028 ✨`,
          importance: ((at + n) % 11) / 10,
          metadata: { n: at + n, nested: { '10': [1.5, null, true], a: 'é' } },
          ...(n % 3 === 0 ? { agent_id: `agent ${n % 9}`, session_id: `s${at}` } : {}),
          ...(n % 4 === 0 ? { speaker: 'Mina', role: 'user', occurred_at: 1_700_000_000.25 } : {}),
          pinned: n % 7 === 0,
        })),
      );
    await send(`${server.url}/api/v1/recall?q=turn&limit=20`, { headers: bearer(key) });
    await server.flush();
    const [{ id }] = memoriesIn(await exportOf(key)) as [ExportedMemory];
    for (const content of ['edited once', 'edited later'])
      expect((await ask(`/memories/${id}`, { content }, 'PATCH')).status).toBe(200);
    await ask('/sessions/s0/end', { summarize: false });
    await db.owner.exec(`
      update memories set encrypted = true, source_type = 'web', source_url = 'https://example.com/a',
             ingested_at = 1699999999.5, vector_clock = '{"n1": 3}', embedding = '\\x00ff10'
       where user_id = '${userId}' and id = '${id}';
      insert into memory_links (user_id, memory_id, other_id, relation, similarity, noticed_at)
      select '${userId}', id, '${id}', 'near', 0.75, 1764000000 from memories
       where user_id = '${userId}' and id <> '${id}' order by id limit 1`);
  }

  async function forgetAll(key: string): Promise<void> {
    for (const { id } of memoriesIn(await exportOf(key)))
      await send(`${server.url}/api/v1/forget/${id}`, { method: 'DELETE', headers: bearer(key) });
    expect(await statsOf(key)).toMatchObject({ total_memories: 0 });
  }

  test('carry everything: after an export, forgetting all and an import the content hash is the same', async () => {
    const { key, userId } = await newAccount();
    await fill(key, userId);
    const before = await exportOf(key);
    expect(endOf(before).memories).toBe(450);
    expect(memoriesIn(before).filter(({ recall_count }) => recall_count > 0)).toHaveLength(20);
    expect(memoriesIn(before)[0]?.v1).toEqual({
      encrypted: true,
      source_type: 'web',
      source_url: 'https://example.com/a',
      ingested_at: 1699999999.5,
      vector_clock: { n1: 3 },
      embedding: 'AP8Q',
    });
    const rows = before
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(rows.slice(1, 3)).toMatchObject([
      { type: 'session', session_id: 'open', ended_at: null },
      { type: 'session', session_id: 's0', agent_id: 'agent 0', memories: 10 },
    ]);
    expect(rows.slice(-4, -1)).toMatchObject([
      { type: 'version', version: 1, reason: 'edited' },
      { type: 'version', version: 2, content: 'edited once' },
      { type: 'link', relation: 'near', similarity: 0.75 },
    ]);
    await forgetAll(key);
    await db.owner.exec(`delete from memory_sessions where user_id = '${userId}'`);
    expect((await importInto(key, before)).json).toEqual({
      memories: 450,
      stored: 450,
      existing: 0,
    });
    const after = await exportOf(key);
    expect(endOf(after).content_hash).toBe(endOf(before).content_hash);
    expect(memoriesIn(after)).toEqual(memoriesIn(before));
    // What was imported is found, and counted exactly.
    const found = await send(`${server.url}/api/v1/recall?q=edited+later&limit=1`, {
      headers: bearer(key),
    });
    expect(found.json).toMatchObject([{ content: 'edited later' }]);
    const drift = await db.owner.query<{ counted: number; real: number }>(
      `select zone_0 + zone_1 + zone_2 + zone_3 + zone_4 as counted,
              (select count(*) from memories where user_id = $1) as real,
              agents, (select count(distinct agent_id) from memories where user_id = $1) as real_agents
         from tenant_usage where user_id = $1`,
      [userId],
    );
    const [row] = drift as unknown as Record<string, unknown>[];
    expect([Number(row!['counted']), Number(row!['agents'])]).toEqual([
      Number(row!['real']),
      Number(row!['real_agents']),
    ]);
  });

  test('agree across engines: a known file has the hash that it says', async () => {
    const { key } = await newAccount();
    const file = readFileSync(new URL('transfer-example.ndjson', import.meta.url), 'utf8');
    expect((await importInto(key, file)).status).toBe(200);
    expect(endOf(await exportOf(key))).toMatchObject({
      memories: 2,
      content_hash: endOf(file).content_hash,
    });
  });

  test('sent again import nothing twice, and go on where a cut file ended', async () => {
    const { key, userId } = await newAccount();
    await fill(key, userId, 270);
    const file = await exportOf(key);
    const other = (await newAccount()).key;
    const lines = file.split('\n');
    const cut = `${lines.slice(0, 240).join('\n')}\n${lines[240]!.slice(0, 50)}`;
    const refused = await importInto(other, cut);
    expect(refused.status).toBe(422);
    expect(refused.json).toMatchObject({
      code: 'invalid_content',
      progress: { line: 241, stored: 237, existing: 0 },
    });
    expect(await statsOf(other)).toMatchObject({ total_memories: 237 });
    expect((await importInto(other, file)).json).toEqual({
      memories: 270,
      stored: 33,
      existing: 237,
    });
    expect((await importInto(other, file)).json).toEqual({
      memories: 270,
      stored: 0,
      existing: 270,
    });
    expect(endOf(await exportOf(other)).content_hash).toBe(endOf(file).content_hash);
  });

  test('bring versions to their memories alone, fifty of each, and conversations as many as the tier has memories', async () => {
    const { key } = await newAccount('free');
    const version = (number: number, memory_id = 'a') => ({
      type: 'version',
      memory_id,
      version: number,
      content: `Version ${number}`,
      metadata: {},
      importance: 0.5,
      replaced_at: 1_764_000_000,
      reason: 'edited',
    });
    const numbers = Array.from({ length: 260 }, (_, n) => n + 1);
    const lines = [plain('a'), version(7, 'nobody'), ...numbers.map((number) => version(number))];
    const text = lines.map((line) => JSON.stringify(line)).join('\n');
    expect((await importInto(key, text)).json).toMatchObject({ memories: 1, stored: 1 });
    const kept = (await exportOf(key)).trimEnd().split('\n').slice(2, -1);
    expect(kept.map((line) => (JSON.parse(line) as { version: number }).version)).toEqual(
      numbers.slice(-50),
    );
    const conversation = (name: string) => ({
      type: 'session',
      session_id: name,
      agent_id: null,
      started_at: 1_764_000_000,
      ended_at: null,
      memories: null,
      summary: null,
      summary_memory_id: null,
    });
    const many = Array.from({ length: 1_001 }, (_, n) => JSON.stringify(conversation(`c${n}`)));
    expect((await importInto(key, many.slice(0, 1_000).join('\n'))).status).toBe(200);
    const refused = await importInto(key, many.join('\n'));
    expect(refused.json).toMatchObject({
      code: 'quota_exceeded',
      limit: 1_000,
      progress: { line: 1_000 },
    });
    // A conversation that came in goes on: what is stored with its label belongs to it.
    await storeBatch(key, [{ content: 'said later', session_id: 'c0' }]);
    const ended = await send(
      `${server.url}/api/v1/sessions/c0/end`,
      jsonBody({ summarize: false }, bearer(key)),
    );
    expect(ended.json).toMatchObject({ started_at: 1_764_000_000, memories: 1 });
  });

  test('at the same time store each memory once', async () => {
    const { key, userId } = await newAccount();
    await fill(key, userId, 270);
    const file = await exportOf(key);
    const other = (await newAccount()).key;
    const answers = await Promise.all([1, 2, 3].map(() => importInto(other, file)));
    const stored = answers.map(({ json }) => (json as { stored: number }).stored);
    expect(stored.reduce((sum, count) => sum + count, 0)).toBe(270);
    expect(endOf(await exportOf(other)).content_hash).toBe(endOf(file).content_hash);
  });

  test('leave another tenant with the same ids alone', async () => {
    const { key } = await newAccount();
    const { key: otherKey } = await newAccount();
    const [line] = (await exampleLines()).slice(1) as [string];
    await importInto(key, line);
    const edited = sealLine({ ...unsealed(line), content: 'of the other' });
    expect((await importInto(otherKey, edited)).json).toMatchObject({ stored: 1 });
    expect(memoriesIn(await exportOf(key))[0]?.content).not.toBe('of the other');
  });

  test('fill a store to its last place, and say where they ended', async () => {
    const { key } = await newAccount('free');
    const lines = Array.from({ length: 1_150 }, (_, n) =>
      JSON.stringify({ ...plainMemory, id: `m${n}`, content: `Note ${n}` }),
    );
    const refused = await importInto(key, lines.join('\n'));
    expect(refused.status).toBe(403);
    expect(refused.json).toMatchObject({
      code: 'quota_exceeded',
      limit: 1_000,
      used: 1_000,
      upgrade_url: '/pricing',
      progress: { line: 1_000, stored: 1_000, existing: 0 },
    });
    // What is there already is no growth.
    expect((await importInto(key, lines.slice(0, 1_000).join('\n'))).json).toMatchObject({
      stored: 0,
      existing: 1_000,
    });
  });

  test.each([
    ['no JSON', 'nonsense', /^Line 2: The line is not JSON/],
    ['a field that is unknown', JSON.stringify({ ...plain('b'), x: 1 }), /^Line 2: A field/],
    ['a field that is missing', '{"type":"memory"}', /^Line 2: A field/],
    ['content with NUL', JSON.stringify({ ...plain('b'), content: '\u0000' }), /^Line 2: /],
    ['a changed line', sealLine(plain('b')).replace('A note', 'A lie'), /checksum/],
    ['a second header', sealLine(header), /^Line 2 is a header/],
    [
      'an end that counts others',
      sealLine({ type: 'end', memories: 7, content_hash: '0'.repeat(64) }),
      /^Line 2 says 7 memories, but 1 came/,
    ],
  ])('refuse %s, tell the line and keep what came before', async (_name, bad, detail) => {
    const { key } = await newAccount();
    const answer = await importInto(
      key,
      `${sealLine(plain('a'))}\n${bad}\n${sealLine(plain('c'))}`,
    );
    expect(answer.status).toBe(422);
    expect(answer.json).toMatchObject({
      code: 'invalid_content',
      detail: expect.stringMatching(detail) as unknown,
      progress: { line: 2, stored: 1, existing: 0 },
    });
    expect(memoriesIn(await exportOf(key)).map(({ id }) => id)).toEqual(['a']);
  });

  test('refuse a file without its end, one with lines behind it and one of other memories', async () => {
    const { key } = await newAccount();
    const [head, first, second, end] = (await exampleLines()) as [string, string, string, string];
    expect((await importInto(key, `${head}\n${first}`)).json).toMatchObject({
      detail: 'Line 3 should be the end of the export: the file is cut off.',
    });
    const behind = await importInto(key, [head, first, second, end, first].join('\n'));
    expect(behind.json).toMatchObject({ progress: { line: 5 } });
    const swapped = await importInto(key, [head, first, sealLine(plain('z')), end].join('\n'));
    expect(swapped.json).toMatchObject({
      detail: 'Line 4 has the content hash of other lines.',
    });
  });

  test('page by the primary key under row security, whatever the tenant has', async () => {
    const { key, userId } = await newAccount();
    await fill(key, userId, 90);
    await db.owner.exec(`
      insert into memories (user_id, id, doc, content, created_at, last_recalled_at, updated_at, zone)
      select '${userId}', gen_random_uuid()::text, 1000 + n, repeat('memory ', 20), n, n, n, 2
        from generate_series(1, 5000) n;
      analyze memories; analyze memory_recalls`);
    const statement = await caught(userId as UserId);
    const plan = await db.tenants.withTenant(userId as UserId, (tx) =>
      tx.query<{ 'QUERY PLAN': string }>({
        text: `explain ${statement.text}`,
        values: statement.values,
      }),
    );
    const text = plan.map((row) => row['QUERY PLAN']).join('\n');
    expect(text).toMatch(/Index Scan using memories_pkey/);
    expect(text).toMatch(/Index Cond: \(\(user_id = .*id > /);
  });

  /** The statement of a page, as it is sent. */
  async function caught(userId: UserId): Promise<Sql> {
    let sent: Sql | undefined;
    await db.tenants.withTenant(userId, (tx) =>
      selectBehind(
        Object.assign(Object.create(tx) as typeof tx, {
          userId,
          query: async (statement: Sql) => {
            sent = statement;
            return [];
          },
        }),
        '0',
        200,
      ),
    );
    return sent!;
  }

  test('need the right key and the right type', async () => {
    const { key } = await newAccount();
    const made = await send(
      `${server.url}/auth/api-keys`,
      jsonBody({ name: 'reader', scopes: ['read'] }, bearer(key)),
    );
    const reader = (made.json as { api_key: string }).api_key;
    expect((await importInto(reader, '')).status).toBe(403);
    expect(memoriesIn(await exportOf(reader))).toEqual([]);
    const asJson = await send(`${server.url}/api/v1/import`, jsonBody({}, bearer(key)));
    expect(asJson.status).toBe(415);
    const bound = await send(
      `${server.url}/auth/api-keys`,
      jsonBody({ name: 'bound', agent_id: 'one' }, bearer(key)),
    );
    const boundKey = (bound.json as { api_key: string }).api_key;
    const refused = await send(`${server.url}/api/v1/export`, { headers: bearer(boundKey) });
    expect(refused.json).toMatchObject({ code: 'agent_not_allowed' });
  });

  test('take a body of any length in pieces, and hold little of it', async () => {
    const { key } = await newAccount();
    const memories = 3_000;
    const { status, text } = await streamed(server.url, key, memories);
    expect([status, JSON.parse(text)]).toEqual([200, { memories, stored: memories, existing: 0 }]);
  });
});

const plainMemory = {
  type: 'memory',
  id: 'x',
  content: 'A note',
  metadata: {},
  importance: 0.5,
  zone: 2,
  score: 0.4,
  recall_count: 0,
  last_recalled_at: null,
  created_at: 1_764_000_000,
  updated_at: 1_764_000_000,
  occurred_at: null,
  agent_id: null,
  session_id: null,
  speaker: null,
  role: null,
  pinned: false,
};
const plain = (id: string) => ({ ...plainMemory, id });
const header = {
  type: 'header',
  format: 'stellar-memory',
  version: 1,
  exported_at: '2026-11-24T00:00:00.000Z',
};

const exampleLines = async (): Promise<string[]> =>
  readFileSync(new URL('transfer-example.ndjson', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');

function unsealed(line: string): Record<string, unknown> {
  expect(sealOf(line)).toBeDefined();
  const { sha256: _seal, ...rest } = JSON.parse(line) as Record<string, unknown>;
  return rest;
}

/** Sends lines one by one as the server takes them: more than any body limit in all. */
function streamed(
  url: string,
  key: string,
  memories: number,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sending = request(
      `${url}/api/v1/import`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    sending.on('error', reject);
    let next = 0;
    const go = (): void => {
      while (next < memories) {
        const content = `Note ${next} ${'x'.repeat(1_000)}`;
        next += 1;
        if (!sending.write(`${JSON.stringify({ ...plain(`m${next}`), content })}\n`))
          return void sending.once('drain', go);
      }
      sending.end();
    };
    go();
  });
}
