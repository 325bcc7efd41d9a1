import {
  ApiKey,
  AuditChain,
  AuditResponse,
  CreatedApiKey,
  ListResponse,
  MemoryInOrbit,
  RecallBatchResponse,
  RecallContextResponse,
  RecallResponse,
  StatsResponse,
  StoreBatchResponse,
  StoreResponse,
  TimelineResponse,
} from '@stellar-memory/protocol';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createClient, type StellarMemoryClient, StellarMemoryError } from '../src/index.js';
import { type RealServer, startRealServer } from './support/real-server.js';

let server: RealServer;
let stellar: StellarMemoryClient;

beforeAll(async () => {
  server = await startRealServer();
  vi.stubEnv('STELLAR_DATA_DIR', server.dataDir);
  stellar = createClient({ url: server.url });
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await server.stop();
});

const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => (error instanceof StellarMemoryError ? error.code : error),
  );

describe('the client against the real server', () => {
  test('reads who is signed in and the audit log, page by page, and that nobody changed it', async () => {
    expect(await stellar.account.sessions()).toEqual([]);
    expect(await codeOf(stellar.account.endSession(crypto.randomUUID()))).toBe('not_found');
    const made = await stellar.apiKeys.create({ name: 'seen in the log' });
    await stellar.apiKeys.revoke(made.id);
    const newest = await stellar.account.audit({ limit: 1 });
    expect(AuditResponse.parse(newest)).toEqual(newest);
    expect(newest.items).toMatchObject([{ action: 'key.revoked' }]);
    const { items } = await stellar.account.audit({ before: newest.next_before! });
    expect(items[0]).toMatchObject({ action: 'key.created', seq: newest.items[0]!.seq - 1 });
    const chain = await stellar.account.verifyAudit();
    expect(AuditChain.parse(chain)).toEqual(chain);
    expect(chain).toMatchObject({ broken_at: null, head: newest.items[0]!.hash });
    // This server sells nothing.
    expect(await codeOf(stellar.billing.subscription())).toBe('not_found');
  });

  test('stores and recalls with the key that it finds by itself', async () => {
    const stored = await stellar.store({
      content: '미나는 땅콩 알레르기가 있다. Mina is allergic to peanuts.',
      importance: 0.9,
      metadata: { kind: 'allergy', seen: [1, 2.5, null, { deep: true }] },
      speaker: 'Jun',
      session_id: 'first',
      occurred_at: '2025-10-09T09:00:00+09:00',
    });
    expect(StoreResponse.parse(stored)).toEqual(stored);
    const found = await stellar.recall('peanuts', { session_id: 'first', since: '2025-10-08' });
    expect(RecallResponse.parse(found)).toEqual(found);
    expect(found.map(({ id }) => id)).toEqual([stored.id]);
    expect(found[0]!.metadata).toEqual({ kind: 'allergy', seen: [1, 2.5, null, { deep: true }] });
    expect(await stellar.recall('peanuts', { until: '2025-10-08' })).toEqual([]);
  });

  test('recalls by metadata, page by page, several at once, and as a text', async () => {
    const contents = Array.from({ length: 5 }, (_, n) => ({
      content: `quince number ${n}`,
      metadata: { fruit: 'quince & co', n, ripe: n > 1 },
    }));
    const ids = (await stellar.storeBatch(contents)).map(({ id }) => id);
    const metadata = { fruit: 'quince & co', ripe: true };
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await stellar.recallPage('quince', { limit: 2, metadata, cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen.toSorted()).toEqual(ids.slice(2).toSorted());
    const results = await stellar.recallBatch([
      { q: 'quince', metadata: { n: 3 }, explain: true, since: 0 },
      { q: 'quince', min_score: 1e6 },
    ]);
    expect(RecallBatchResponse.parse({ results })).toEqual({ results });
    expect(results.map((found) => found.map(({ id }) => id))).toEqual([[ids[3]], []]);
    expect(results[0]![0]!.explain?.terms[0]).toMatchObject({ term: 'quinc', occurrences: 1 });
    const block = await stellar.recallContext('quince', { max_tokens: 30, metadata });
    expect(RecallContextResponse.parse(block)).toEqual(block);
    expect(block.text.split('\n')).toHaveLength(block.memories.length);
    expect(block.tokens).toBeLessThanOrEqual(30);
  });

  test('stores a batch in its order', async () => {
    const items = await stellar.storeBatch([{ content: 'alpha' }, { content: 'beta' }]);
    expect(StoreBatchResponse.parse({ items })).toEqual({ items });
    const read = await Promise.all(items.map(({ id }) => stellar.get(id)));
    expect(read.map(({ content }) => content)).toEqual(['alpha', 'beta']);
  });

  test('reads, changes and forgets one memory', async () => {
    const { id } = await stellar.store({ content: 'before', speaker: 'Mina' });
    const { etag, ...before } = await stellar.get(id);
    expect(MemoryInOrbit.parse(before)).toEqual(before);
    const changed = await stellar.patch(
      id,
      { content: 'after', speaker: null },
      { ifMatch: etag! },
    );
    expect(changed).toMatchObject({ id, content: 'after', speaker: null });
    expect(changed.etag).not.toBe(etag);
    const stale = stellar.patch(id, { pinned: true }, { ifMatch: etag! });
    expect(await codeOf(stale)).toBe('precondition_failed');
    expect(await stellar.forget(id)).toBeUndefined();
    expect(await codeOf(stellar.get(id))).toBe('not_found');
    expect(await codeOf(stellar.forget(id))).toBe('not_found');
  });

  test('goes through all pages and meets every memory once', async () => {
    const contents = Array.from({ length: 25 }, (_, n) => `page ${n}`);
    const stored = await stellar.storeBatch(contents.map((content) => ({ content })));
    const page = await stellar.list({ limit: 10 });
    expect(ListResponse.parse(page)).toEqual(page);
    expect(page.items).toHaveLength(10);
    const seen: string[] = [];
    for await (const { id } of stellar.listAll({ limit: 10 })) seen.push(id);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(page.total);
    expect(seen).toEqual(expect.arrayContaining(stored.map(({ id }) => id)));
  });

  test('reads the timeline and the counts', async () => {
    const { id } = await stellar.store({ content: 'long ago', occurred_at: -86_400.5 });
    const timeline = await stellar.timeline({ start: -90_000.25, end: 0, limit: 10 });
    expect(TimelineResponse.parse(timeline)).toEqual(timeline);
    expect(timeline.map((entry) => [entry.memory_id, entry.timestamp])).toEqual([[id, -86_400.5]]);
    const before = await stellar.stats();
    expect(StatsResponse.parse(before)).toEqual(before);
    await stellar.store({ content: 'one more' });
    expect((await stellar.stats()).total_memories).toBe(before.total_memories + 1);
  });

  test('makes, lists and revokes a key that can only read', async () => {
    const { api_key, ...made } = await stellar.apiKeys.create({ name: 'reader', scopes: ['read'] });
    expect(CreatedApiKey.parse({ ...made, api_key })).toEqual({ ...made, api_key });
    const listed = await stellar.apiKeys.list();
    for (const key of listed) expect(ApiKey.parse(key)).toEqual(key);
    expect(listed).toContainEqual(made);
    const reader = createClient({ url: server.url, apiKey: api_key });
    expect((await reader.stats()).total_memories).toBeGreaterThan(0);
    expect(await codeOf(reader.store({ content: 'no' }))).toBe('insufficient_scope');
    await stellar.apiKeys.revoke(made.id);
    expect(await codeOf(reader.stats())).toBe('unauthorized');
  });

  test('a store whose answer is lost has stored once', async () => {
    const { total_memories: before } = await stellar.stats();
    let lost = 0;
    const losing: typeof fetch = async (...request) => {
      const response = await fetch(...request);
      if (lost++ < 2) throw new TypeError('the answer was lost');
      return response;
    };
    const unlucky = createClient({ url: server.url, fetch: losing, retry: { baseDelayMs: 1 } });
    const { id } = await unlucky.store({ content: 'told three times' });
    expect(lost).toBe(3);
    expect((await stellar.stats()).total_memories).toBe(before + 1);
    expect((await stellar.get(id)).content).toBe('told three times');
  });

  test('ids of any shape reach the server as they are', async () => {
    for (const id of ['a/b', 'a?b#c', '%2e%2e', '…', 'a b'])
      expect(await codeOf(stellar.get(id))).toBe('not_found');
  });

  test('unknown filters are refused, not ignored', async () => {
    const misspelt = { sesion_id: 'first' } as object;
    const error = await stellar.recall('peanuts', misspelt).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ status: 400, code: 'bad_request' });
    expect((error as StellarMemoryError).requestId).toBeTruthy();
  });

  test('a key that is not one is refused', async () => {
    const stranger = createClient({ url: server.url, apiKey: 'sm_live_nobody' });
    expect(await codeOf(stranger.stats())).toBe('unauthorized');
  });
});
