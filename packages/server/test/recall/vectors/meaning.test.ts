import {
  RecallBatchRequest,
  RecallContextQuery,
  RecallQuery,
  StoreRequest,
} from '@stellar-memory/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { UserId } from '../../../src/domain/ids.js';
import { defaultProfile } from '../../../src/domain/score-profiles.js';
import { createMemoryService } from '../../../src/memory/create-memory-service.js';
import type { MemoryService } from '../../../src/memory/memory-service.js';
import { createHttpEmbedder } from '../../../src/recall/embedders/http-embedder.js';
import { embedNext } from '../../../src/recall/vectors/embed-tenant.js';
import { createMeaningSearch } from '../../../src/recall/vectors/meaning-search.js';
import { type EmbeddedSpace, QueryEmbedder } from '../../../src/recall/vectors/query-embedder.js';
import { describeEngines, seedUser } from '../../support/engines.js';
import { openNode } from '../../support/memory-service.js';
import { fail, type Provider, startProvider } from '../embedders/provider.js';
import {
  addSpace,
  dimensions,
  openVectors,
  type VectorDatabase,
  wordsVector,
} from './open-vectors.js';

/** Words that mean the same to the model of these tests. */
const synonyms: Readonly<Record<string, string>> = { physician: 'doctor', automobile: 'car' };
const meant = (text: string): number[] =>
  wordsVector(text.replace(/\p{L}+/gu, (word) => synonyms[word.toLowerCase()] ?? word));

describeEngines('recall by words and meaning', (engine) => {
  let db: VectorDatabase;
  let there: VectorDatabase | undefined;
  let provider: Provider;
  let user: UserId;
  let spaces: EmbeddedSpace[];
  let queries: QueryEmbedder;
  let memories: MemoryService;
  let failures: unknown[];

  beforeAll(async () => {
    there = await openVectors(engine);
    if (there !== undefined) db = there;
  });
  afterAll(() => there?.close());
  beforeEach(async (context) => {
    if (there === undefined) return context.skip();
    provider = await startProvider(meant);
    user = await seedUser(db);
    spaces = [{ space: db.space, embedder: embedder('small') }];
    failures = [];
    queries = new QueryEmbedder({
      spaces: () => spaces,
      onError: (error) => failures.push(error),
      timeoutMs: 1_000,
      pauseMs: 0,
    });
    memories = serviceOf({});
  });
  afterEach(() => (there === undefined ? undefined : provider.close()));

  const embedder = (model: string) =>
    createHttpEmbedder({ url: provider.url, model, dimensions, sendDimensions: false });
  const serviceOf = (options: { readonly graphFrom?: number; readonly weight?: number }) =>
    createMemoryService({
      tenants: db.tenants,
      index: openNode(db.database).index,
      meaning: createMeaningSearch({
        queries,
        weight: 0.3,
        graph: engine.name === 'postgres',
        ...options,
      }),
      clock: { nowMs: () => Date.now() },
      profile: defaultProfile,
    });
  const embedAll = async (userId = user, { space, embedder: by } = spaces[0]!): Promise<void> => {
    const patience = { timeoutMs: 5_000, attempts: 1 };
    const context = { tenants: db.tenants, embedder: by, space, patience };
    while ((await embedNext(context, userId)).state === 'more');
  };
  const store = (contents: readonly string[], more: object = {}, userId = user) =>
    memories.storeBatch(
      userId,
      contents.map((content) => StoreRequest.parse({ content, ...more })),
    );
  const recall = async (q: string, more: object = {}, service = memories): Promise<string[]> => {
    const found = await service.recall(user, RecallQuery.parse({ q, ...more }));
    return found.map(({ content }) => content);
  };

  test('finds what shares no word with the query, and what was stored a moment ago by its words', async () => {
    await store(['The doctor called.', 'The soup was cold.']);
    await embedAll();
    expect((await recall('physician'))[0]).toBe('The doctor called.');
    await store(['The zeppelin has landed.']);
    expect((await recall('zeppelin'))[0]).toBe('The zeppelin has landed.');
  });

  test('explains what words and meaning gave', async () => {
    await store(['The doctor called.', 'The soup was cold.']);
    await embedAll();
    const query = RecallQuery.parse({ q: 'physician', explain: 'true', limit: 1 });
    const [found] = await memories.recall(user, query);
    expect(found!.explain!.parts).toMatchObject({ fused_words: 0 });
    expect(found!.explain!.parts['similarity']).toBeGreaterThan(0.5);
    expect(found!.explain!.parts['fused_meaning']).toBe(found!.score);
  });

  test('filters before the limit, by meaning too', async () => {
    await store(
      Array.from({ length: 250 }, (_, n) => `The doctor said ${n}.`),
      { agent_id: 'many' },
    );
    await store(['A doctor, far away.'], { agent_id: 'one' });
    await embedAll();
    const services = [
      memories,
      ...(engine.name === 'postgres' ? [serviceOf({ graphFrom: 0 })] : []),
    ];
    for (const service of services) {
      expect(await recall('physician', { agent_id: 'one' }, service)).toEqual([
        'A doctor, far away.',
      ]);
      expect(await recall('physician', { agent_id: 'many', limit: 5 }, service)).toHaveLength(5);
      expect(await recall('physician', { agent_id: 'nobody' }, service)).toEqual([]);
    }
  });

  test('never shows a memory that was forgotten or belongs to another', async () => {
    const other = await seedUser(db);
    await store(['The doctor of another.'], {}, other);
    await embedAll(other);
    await store(['The doctor called.']);
    await embedAll();
    expect(await recall('physician', { limit: 50 })).toEqual(['The doctor called.']);
  });

  test('goes by words alone when the embedder fails, says so, and recovers', async () => {
    await store(['The doctor called.', 'The soup was cold.']);
    await embedAll();
    provider.script.push(fail(500), () => undefined);
    let degraded = 0;
    const onWordsOnly = (): void => {
      degraded += 1;
    };
    const page = await memories.recallPage(user, RecallQuery.parse({ q: 'soup' }), onWordsOnly);
    expect(degraded).toBe(1);
    expect(page.items[0]!.content).toBe('The soup was cold.');
    // Silence this time: only the deadline ends it.
    expect((await recall('cold soup'))[0]).toBe('The soup was cold.');
    expect(failures).toHaveLength(2);
    const q = 'physician';
    const after = await memories.recallPage(user, RecallQuery.parse({ q }), onWordsOnly);
    expect(after.items[0]!.content).toBe('The doctor called.');
    expect(degraded).toBe(1);
    provider.script.push(fail(500), fail(500));
    const { queries: batch } = RecallBatchRequest.parse({ queries: [{ q: 'soup' }, { q }] });
    // Of the two only one is unknown, and not answered.
    await memories.recallBatch(user, batch, onWordsOnly);
    expect(degraded).toBe(2);
    const asked = RecallContextQuery.parse({ q: 'cold' });
    const { text } = await memories.recallContext(user, asked, onWordsOnly);
    expect(text).toContain('The soup was cold.');
    expect(degraded).toBe(3);
  });

  test('leaves a failed embedder alone for a while', async () => {
    await store(['The doctor called.']);
    await embedAll();
    queries = new QueryEmbedder({ spaces: () => spaces, onError: () => undefined });
    memories = serviceOf({});
    provider.script.push(fail(500));
    const before = provider.seen.length;
    for (const q of ['one', 'two', 'three']) await recall(q);
    expect(provider.seen.length - before).toBe(1);
  });

  test('asks once for all queries of a batch, and not again for a query it knows', async () => {
    await store(['The doctor called.', 'The car is red.']);
    await embedAll();
    const before = provider.seen.length;
    const batch = RecallBatchRequest.parse({
      queries: [{ q: 'physician' }, { q: 'automobile' }, { q: 'physician' }],
    });
    const found = await memories.recallBatch(user, batch.queries);
    expect(found.map(([first]) => first!.content)).toEqual([
      'The doctor called.',
      'The car is red.',
      'The doctor called.',
    ]);
    await recall('physician');
    expect(provider.seen.slice(before).map(({ body }) => body.input)).toEqual([
      ['physician', 'automobile'],
    ]);
  });

  test('pages through all of it without repeating or leaving out', async () => {
    await store(Array.from({ length: 30 }, (_, n) => `${n % 2 ? 'doctor' : 'physician'} ${n}`));
    await embedAll();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = RecallQuery.parse({ q: 'physician', limit: 7, ...(cursor && { cursor }) });
      const page = await memories.recallPage(user, query);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(30);
    expect(new Set(seen).size).toBe(30);
  });

  test('reads the old model’s vectors until the new one’s are complete', async () => {
    await store(['The doctor called.', 'The soup was cold.']);
    await embedAll();
    const next = { space: await addSpace(db, 'large'), embedder: embedder('large') };
    spaces = [next, ...spaces];
    expect((await recall('physician'))[0]).toBe('The doctor called.');
    expect(new Set(provider.seen.slice(-2).map(({ body }) => body.model))).toEqual(
      new Set(['small', 'large']),
    );
    await embedAll(user, next);
    spaces = [next];
    expect((await recall('physician'))[0]).toBe('The doctor called.');
  });

  test('finds all there is of a small tenant among many, where the graph is asked first and finds too few', async (context) => {
    context.skip(engine.name === 'embedded', 'no graph there');
    const crowd = await seedUser(db);
    const topics = ['tea', 'rain', 'boats', 'cats', 'music', 'maths', 'trains'];
    await store(
      Array.from({ length: 1_000 }, (_, n) => `${topics[n % 7]} ${topics[(n * 3) % 5]} word${n}`),
      {},
      crowd,
    );
    await embedAll(crowd);
    await store(['The doctor called.', 'The car is red.', 'The soup was cold.']);
    await embedAll();
    const byGraph = serviceOf({ graphFrom: 0 });
    for (const q of ['physician', 'automobile', 'tea'])
      expect(await recall(q, { limit: 50 }, byGraph)).toEqual(await recall(q, { limit: 50 }));
  });
});
