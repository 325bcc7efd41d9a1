import type {
  RecallContextResponse,
  RecalledMemory,
  StoreRequest,
  StoreResponse,
} from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import { type Answer, jsonBody, send } from '../http/support/exchange.js';
import { type FullServer, startFullServer } from '../http/support/full-server.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';

type NewMemory = z.input<typeof StoreRequest>;
type Account = Awaited<ReturnType<FullServer['createAccount']>>;

describeEngines('ways to recall', (engine) => {
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

  const newAccount = (): Promise<Account> => server.createAccount(`ways-${accounts++}@example.com`);
  const store = async ({ key }: Account, memories: NewMemory[]): Promise<string[]> => {
    const ids: string[] = [];
    for (let from = 0; from < memories.length; from += 100) {
      const body = { memories: memories.slice(from, from + 100) };
      const { json } = await send(
        `${server.url}/api/v1/store/batch`,
        jsonBody(body, { 'X-API-Key': key }),
      );
      ids.push(...(json as { items: StoreResponse[] }).items.map(({ id }) => id));
    }
    return ids;
  };
  const get = ({ key }: Account, path: string, query: Record<string, string>): Promise<Answer> =>
    send(`${server.url}/api/v1/${path}?${new URLSearchParams(query).toString()}`, {
      headers: { 'X-API-Key': key },
    });
  const recall = async (account: Account, query: Record<string, string>) => {
    const { json, status, text, headers } = await get(account, 'recall', query);
    expect(status, text).toBe(200);
    return { items: json as RecalledMemory[], next: headers.get('x-next-cursor') };
  };
  test('of equally relevant memories the more important comes first, and on which page makes no difference', async () => {
    const account = await newAccount();
    const importances = [0.1, 0.9, 0.3, 1, 0.5, 0];
    const ids = await store(
      account,
      importances.map((importance) => ({ content: 'The harbour is quiet.', importance })),
    );
    const rankedBy = importances
      .map((importance, at) => ({ importance, id: ids[at] }))
      .toSorted((one, other) => other.importance - one.importance)
      .map(({ id }) => id);
    const whole = await recall(account, { q: 'quiet harbour', limit: '10', explain: 'true' });
    expect(whole.items.map(({ id }) => id)).toEqual(rankedBy);
    const discounts = whole.items.map(({ explain }) => explain!.parts['orbit_discount']!);
    expect(discounts).toEqual(discounts.toSorted((one, other) => one - other));
    const paged: (string | undefined)[] = [];
    let next: string | null = null;
    do {
      const page = await recall(account, {
        q: 'quiet harbour',
        limit: '2',
        ...(next === null ? {} : { cursor: next }),
      });
      paged.push(...page.items.map(({ id }) => id));
      next = page.next;
    } while (next !== null);
    expect(paged).toEqual(rankedBy);
  });

  test('importance never hides what alone has the word that is looked for', async () => {
    const account = await newAccount();
    const [wanted] = await store(account, [
      { content: 'The order XK7714 arrived at the harbour.', importance: 0 },
      ...Array.from({ length: 200 }, () => ({
        content: 'The harbour, the harbour!',
        importance: 1,
        pinned: true,
      })),
    ]);
    for (const q of ['XK7714', 'XK7714 harbour', 'harbour XK7714 arrived'])
      expect((await recall(account, { q, limit: '3' })).items[0]!.id, q).toBe(wanted);
  });

  test('a filter finds its one match under hundreds that rank better', async () => {
    verifies('FR-03');
    const account = await newAccount();
    const better = Array.from({ length: 600 }, (_, n) => ({
      content: 'harbour harbour',
      metadata: { topic: n % 2 === 0 ? 'coffee' : ['tea'], n },
    }));
    const [match] = await store(account, [
      {
        content: 'The harbour, among many other things that were said on that long evening.',
        metadata: { topic: 'tea', hot: true, cups: 2, note: null },
      },
      ...better,
    ]);
    for (const metadata of [
      { topic: 'tea' },
      { topic: 'tea', hot: true, cups: 2, note: null },
      { cups: 2 },
      { note: null },
    ]) {
      const query = { q: 'harbour', limit: '1', metadata: JSON.stringify(metadata) };
      const { items, next } = await recall(account, query);
      expect(
        items.map(({ id }) => id),
        JSON.stringify(metadata),
      ).toEqual([match]);
      expect(next).toBeNull();
    }
    for (const metadata of [{ topic: 'te' }, { hot: 'true' }, { cups: 3 }, { absent: null }])
      expect(
        (await recall(account, { q: 'harbour', metadata: JSON.stringify(metadata) })).items,
      ).toEqual([]);
  });

  test("a filter never reaches another account's memories", async () => {
    verifies('NFR-isolation');
    const [mine, others] = [await newAccount(), await newAccount()];
    await store(others, [{ content: 'The lighthouse code', metadata: { vault: 'a' } }]);
    const [own] = await store(mine, [{ content: 'The lighthouse', metadata: { vault: 'a' } }]);
    const { items } = await recall(mine, { q: 'lighthouse code', metadata: '{"vault":"a"}' });
    expect(items.map(({ id }) => id)).toEqual([own]);
  });

  test.each([
    'tea',
    '[]',
    '"tea"',
    'null',
    '{"a":{"b":1}}',
    '{"a":[1]}',
    '{"__proto__":1}',
    '{"a":"\\u0000"}',
    JSON.stringify(Object.fromEntries(Array.from({ length: 17 }, (_, n) => [n, n]))),
  ])('metadata=%s is refused with its place', async (metadata) => {
    const { status, json } = await get(await newAccount(), 'recall', { q: 'a', metadata });
    expect(status).toBe(400);
    const { errors } = json as { errors: { pointer: string }[] };
    expect(errors[0]?.pointer).toMatch(/^\/metadata/);
  });

  test('pages meet every match once, in the order of one long answer', async () => {
    verifies('FR-03');
    const account = await newAccount();
    const memories = Array.from({ length: 230 }, (_, n) => ({
      content: `orchard ${'and pears '.repeat(n % 7)}`,
      metadata: { half: n % 2 },
    }));
    await store(account, memories);
    for (const filter of [{}, { metadata: '{"half":1}' }] as Record<string, string>[]) {
      const seen: RecalledMemory[] = [];
      let cursor: string | null | undefined;
      do {
        const page = await recall(account, {
          q: 'orchard',
          limit: '17',
          ...filter,
          ...(cursor ? { cursor } : {}),
        });
        seen.push(...page.items);
        cursor = page.next;
      } while (cursor !== null);
      expect(seen).toHaveLength('metadata' in filter ? 115 : 230);
      expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
      const { items } = await recall(account, { q: 'orchard', limit: '100', ...filter });
      expect(seen.slice(0, 100).map(({ id }) => id)).toEqual(items.map(({ id }) => id));
    }
  });

  test('a page goes on when the last memory of the page before was forgotten', async () => {
    const account = await newAccount();
    await store(
      account,
      Array.from({ length: 9 }, (_, n) => ({ content: `violin ${'and cello '.repeat(n)}` })),
    );
    const first = await recall(account, { q: 'violin', limit: '3' });
    await send(`${server.url}/api/v1/forget/${first.items[2]!.id}`, {
      method: 'DELETE',
      headers: { 'X-API-Key': account.key },
    });
    const rest = await recall(account, { q: 'violin', limit: '100', cursor: first.next! });
    const ids = [...first.items, ...rest.items].map(({ id }) => id);
    expect(ids).toHaveLength(9);
    expect(new Set(ids).size).toBe(9);
    expect(rest.next).toBeNull();
  });

  test.each(['x', 'WzFd', Buffer.from('[1,-1]').toString('base64url'), 'bnVsbA'])(
    'a cursor that no answer held is refused: %s',
    async (cursor) => {
      const { status, json } = await get(await newAccount(), 'recall', { q: 'a', cursor });
      expect([status, (json as { code: string }).code]).toEqual([400, 'bad_request']);
    },
  );

  test('min_score keeps what is at least as relevant and nothing else', async () => {
    const account = await newAccount();
    await store(
      account,
      Array.from({ length: 90 }, (_, n) => ({
        content: `${n % 3 === 0 ? 'glacier' : 'meadow'} ${'and fjord '.repeat(n)}`,
      })),
    );
    const { items: all } = await recall(account, { q: 'glacier', limit: '100' });
    const bound = Number(all[10]!.score.toFixed(6)) + 0.000_001;
    const { items } = await recall(account, {
      q: 'glacier',
      limit: '100',
      min_score: bound.toFixed(6),
    });
    expect(items.map(({ id }) => id)).toEqual(
      all.filter(({ score }) => score >= bound).map(({ id }) => id),
    );
    expect(items.length).toBeGreaterThan(0);
    expect(items.length).toBeLessThan(all.length);
    for (const min_score of ['-1', '1e2', 'NaN', '0x1'])
      expect((await get(account, 'recall', { q: 'a', min_score })).status).toBe(400);
  });

  test('explain says which terms matched, what each part gave and why this zone', async () => {
    const account = await newAccount();
    await store(account, [
      { content: 'Mina drinks green tea, only tea.', importance: 0.8 },
      { content: 'Jun drinks coffee.' },
    ]);
    const { items } = await recall(account, { q: 'green tea or coffee', explain: 'true' });
    const best = items.find(({ content }) => content.startsWith('Mina'))!;
    const { terms, parts, orbit, zone_reason } = best.explain!;
    expect(terms).toContainEqual({ term: 'tea', occurrences: 2, memories: 1 });
    expect(parts['words']).toBeGreaterThan(0);
    const { score, recall: recalled, freshness, importance, context } = orbit;
    expect(score).toBeCloseTo(recalled + freshness + importance + context, 12);
    expect(importance).toBeCloseTo(0.3 * 0.8, 12);
    expect(zone_reason).toBe(
      `Zone ${best.zone} (inner): orbit score ${best.orbit_score.toFixed(3)} is at least 0.52 and below 0.6.`,
    );
    const plain = await recall(account, { q: 'green tea', explain: 'false' });
    expect(plain.items[0]).not.toHaveProperty('explain');
  });

  test('a batch answers each query as if it were asked alone', async () => {
    verifies('FR-03');
    const account = await newAccount();
    const [tea, boat] = await store(account, [
      { content: 'Mina drinks tea.', metadata: { kind: 'food' } },
      { content: 'The boathouse at the lake.' },
    ]);
    const queries = [
      { q: 'tea', explain: true },
      { q: 'boathouse', limit: 1, since: 0 },
      { q: 'what does Mina drink', metadata: { kind: 'food' } },
      { q: 'boathouse', until: '2001-01-01' },
    ];
    const body = jsonBody({ queries }, { 'X-API-Key': account.key });
    const { json, text } = await send(`${server.url}/api/v1/recall/batch`, body);
    const { results } = json as { results: RecalledMemory[][] };
    expect(
      results?.map((found) => found.map(({ id }) => id)),
      text,
    ).toEqual([[tea], [boat], [tea], []]);
  });

  test('a batch is refused whole: too many queries, none, a cursor', async () => {
    const { key } = await newAccount();
    for (const queries of [
      [],
      Array.from({ length: 21 }, () => ({ q: 'a' })),
      [{ q: 'a', cursor: 'WzEsMV0' }],
      [{ q: 'a' }, { q: '' }],
    ]) {
      const body = jsonBody({ queries }, { 'X-API-Key': key });
      expect((await send(`${server.url}/api/v1/recall/batch`, body)).status).toBe(422);
    }
  });

  test('a context holds each text once, the newest last, within its budget', async () => {
    verifies('FR-03');
    const account = await newAccount();
    const [, , lives, korean] = await store(account, [
      { content: 'Mina lives in\nBusan.', speaker: 'Jun', occurred_at: '2023-05-01' },
      { content: 'Mina lives in Busan.', speaker: 'Jun', occurred_at: '2023-05-01' },
      { content: 'Mina lives in Seoul now.', speaker: 'Mina', occurred_at: '2024-06-02' },
      { content: '미나는 Mina lives 서울', occurred_at: '2024-06-03' },
    ]);
    const ask = async (query: Record<string, string>) =>
      (await get(account, 'recall/context', { q: 'where lives Mina', ...query }))
        .json as RecallContextResponse;
    const block = await ask({});
    expect(block.text).toBe(
      [
        '2023-05-01 Jun: Mina lives in Busan.',
        '2024-06-02 Mina: Mina lives in Seoul now.',
        '2024-06-03 미나는 Mina lives 서울',
      ].join('\n'),
    );
    expect(block.memories.slice(1)).toEqual([lives, korean]);
    expect(block.memories).toHaveLength(3);
    const small = await ask({ max_tokens: '15' });
    expect(small.memories).toHaveLength(1);
    expect(small.tokens).toBeLessThanOrEqual(15);
    expect(await ask({ max_tokens: '1' })).toEqual({ text: '', tokens: 0, memories: [] });
  });
});
