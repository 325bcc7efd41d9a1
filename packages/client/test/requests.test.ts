import {
  CreateApiKeyRequest,
  emotions,
  ListQuery,
  PatchRequest,
  RecallQuery,
  StoreBatchRequest,
  StoreRequest,
  TimelineQuery,
} from '@stellar-memory/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createClient, type StellarMemoryClient } from '../src/index.js';
import { queryString } from '../src/transport.js';
import { type FakeServer, json, startFake } from './support/fake-server.js';
import { apiKey, memory, secretKey, stored } from './support/samples.js';

async function withAnswer(
  answer: unknown,
  headers: Record<string, string> = {},
): Promise<{ stellar: StellarMemoryClient; fake: FakeServer }> {
  const fake = await startFake(json(answer, headers));
  return { stellar: createClient({ url: fake.url, apiKey: secretKey }), fake };
}

const lineOf = (fake: FakeServer): string =>
  `${fake.requests[0]!.method} ${fake.requests[0]!.path}`;

describe('what each method sends and answers', () => {
  test('store posts the memory', async () => {
    const { stellar, fake } = await withAnswer(stored);
    const request = { content: '땅콩', metadata: { kind: 'allergy' }, occurred_at: '2025-10-09' };
    expect(await stellar.store(request)).toEqual(stored);
    expect(lineOf(fake)).toBe('POST /api/v1/store');
    expect(fake.requests[0]!.body).toEqual(request);
    expect(StoreRequest.safeParse(fake.requests[0]!.body).success).toBe(true);
  });

  test('storeBatch posts all and unwraps the answers', async () => {
    const { stellar, fake } = await withAnswer({ items: [stored, stored] });
    expect(await stellar.storeBatch([{ content: 'a' }, { content: 'b' }])).toEqual([
      stored,
      stored,
    ]);
    expect(lineOf(fake)).toBe('POST /api/v1/store/batch');
    expect(StoreBatchRequest.safeParse(fake.requests[0]!.body).success).toBe(true);
  });

  test('recall asks with the query and its filters', async () => {
    const { stellar, fake } = await withAnswer([{ ...memory, orbit_score: 0.4 }]);
    const found = await stellar.recall('땅콩 & peanuts?', { limit: 3, zone: 0, since: 0.5 });
    expect(found[0]!.orbit_score).toBe(0.4);
    expect(lineOf(fake)).toBe('GET /api/v1/recall');
    const query = { q: '땅콩 & peanuts?', limit: '3', zone: '0', since: '0.500000' };
    expect(fake.requests[0]!.query).toEqual(query);
  });

  test('forget deletes and answers nothing', async () => {
    const { stellar, fake } = await withAnswer({ removed: true });
    expect(await stellar.forget('a/b?c')).toBeUndefined();
    expect(lineOf(fake)).toBe('DELETE /api/v1/forget/a%2Fb%3Fc');
  });

  test('get answers the memory with its version', async () => {
    const { stellar, fake } = await withAnswer(memory, { etag: '"7-1"' });
    expect(await stellar.get('memory-1')).toEqual({ ...memory, etag: '"7-1"' });
    expect(lineOf(fake)).toBe('GET /api/v1/memories/memory-1');
  });

  test('patch sends the changes, and the version it insists on', async () => {
    const { stellar, fake } = await withAnswer(memory, { etag: '"7-2"' });
    const changed = await stellar.patch('memory-1', { speaker: null }, { ifMatch: '"7-1"' });
    expect(changed.etag).toBe('"7-2"');
    expect(lineOf(fake)).toBe('PATCH /api/v1/memories/memory-1');
    expect(PatchRequest.parse(fake.requests[0]!.body)).toEqual({ speaker: null });
    expect(fake.requests[0]!.headers['if-match']).toBe('"7-1"');
  });

  test('timeline and stats are read', async () => {
    const { stellar, fake } = await withAnswer([]);
    expect(await stellar.timeline({ start: '2025-10-09', limit: 1 })).toEqual([]);
    await stellar.stats();
    expect(fake.requests.map((request) => request.path)).toEqual([
      '/api/v1/timeline',
      '/api/v1/stats',
    ]);
    expect(fake.requests[0]!.query).toEqual({ start: '2025-10-09', limit: '1' });
  });

  test('apiKeys list, create, rotate and revoke', async () => {
    const { stellar, fake } = await withAnswer({ items: [apiKey], api_key: 'sm_live_new' });
    expect(await stellar.apiKeys.list()).toEqual([apiKey]);
    expect((await stellar.apiKeys.create({ name: 'reader' })).api_key).toBe('sm_live_new');
    expect((await stellar.apiKeys.rotate(apiKey.id)).api_key).toBe('sm_live_new');
    expect(await stellar.apiKeys.revoke(apiKey.id)).toBeUndefined();
    expect(fake.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /auth/api-keys',
      'POST /auth/api-keys',
      `POST /auth/api-keys/${apiKey.id}/rotate`,
      `DELETE /auth/api-keys/${apiKey.id}`,
    ]);
    expect(CreateApiKeyRequest.safeParse(fake.requests[1]!.body).success).toBe(true);
  });

  test('the address may have a path', async () => {
    const fake = await startFake(json({}));
    await createClient({ url: `${fake.url}/behind/proxy/`, apiKey: secretKey }).stats();
    expect(lineOf(fake)).toBe('GET /behind/proxy/api/v1/stats');
  });
});

describe('pages', () => {
  const page = (ids: string[], next_cursor: string | null) =>
    json({ total: 3, items: ids.map((id) => ({ ...memory, id })), next_cursor });

  test('list answers one page', async () => {
    const fake = await startFake(page(['1', '2'], 'next'));
    const stellar = createClient({ url: fake.url, apiKey: secretKey });
    expect((await stellar.list({ zone: 4, cursor: 'c' })).next_cursor).toBe('next');
    expect(fake.requests[0]!.query).toEqual({ zone: '4', cursor: 'c' });
  });

  test('listAll follows the cursors to the end', async () => {
    const fake = await startFake(page(['1', '2'], 'second'), page(['3'], null));
    const stellar = createClient({ url: fake.url, apiKey: secretKey });
    const ids: string[] = [];
    for await (const { id } of stellar.listAll({ zone: 1 })) ids.push(id);
    expect(ids).toEqual(['1', '2', '3']);
    expect(fake.requests.map((request) => request.query)).toEqual([
      { limit: '100', zone: '1' },
      { limit: '100', zone: '1', cursor: 'second' },
    ]);
  });

  test('listAll fetches no page that nobody asks for', async () => {
    const fake = await startFake(page(['1', '2'], 'second'));
    const stellar = createClient({ url: fake.url, apiKey: secretKey });
    for await (const { id } of stellar.listAll({ limit: 2 })) if (id === '2') break;
    expect(fake.requests).toHaveLength(1);
  });
});

describe('ids', () => {
  test.each(['', '.', '..'])('an id that would name another path is not sent: %j', async (id) => {
    const { stellar, fake } = await withAnswer({});
    for (const call of [stellar.get, stellar.forget, stellar.apiKeys.revoke])
      await expect(call(id)).rejects.toMatchObject({ code: 'not_found' });
    expect(fake.requests).toHaveLength(0);
  });
});

describe('queries', () => {
  const label = fc.string({ minLength: 1, maxLength: 50, unit: 'binary' }).filter(isStorable);
  const zone = fc.constantFrom(0, 1, 2, 3, 4);
  const seconds = fc
    .integer({ min: -9_000_000_000_000, max: 9_000_000_000_000 })
    .map((n) => n / 1000);
  const moment = fc.oneof(seconds, fc.constant('2025-10-09'));
  const limit = fc.integer({ min: 1, max: 100 });
  const parsed = (query: Record<string, string | number | undefined>): object =>
    Object.fromEntries(new URLSearchParams(queryString(query)));

  test('the server reads in a recall what the client was told', () => {
    const asked = fc.record(
      {
        q: label,
        limit,
        zone,
        emotion: fc.constantFrom(...emotions),
        since: seconds,
        agent_id: label,
      },
      { requiredKeys: ['q', 'limit'] },
    );
    fc.assert(
      fc.property(asked, (query) => {
        expect(RecallQuery.parse(parsed(query))).toEqual(query);
      }),
    );
  });

  test('the server accepts every timeline and list that the types allow', () => {
    const timeline = fc.record({ start: moment, end: moment, limit }, { requiredKeys: [] });
    const list = fc.record({ zone, limit, cursor: label }, { requiredKeys: [] });
    fc.assert(
      fc.property(timeline, list, (first, second) => {
        expect(TimelineQuery.safeParse(parsed(first)).success).toBe(true);
        expect(ListQuery.safeParse(parsed(second)).success).toBe(true);
      }),
    );
  });
});

function isStorable(text: string): boolean {
  return !text.includes('\u0000') && !/\p{Surrogate}/u.test(text);
}
