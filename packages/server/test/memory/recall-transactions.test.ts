import {
  RecallBatchRequest,
  RecallContextQuery,
  RecallQuery,
  StoreRequest,
} from '@stellar-memory/protocol';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MemoryId, memoryId, type UserId } from '../../src/domain/ids.js';
import { matchingDocs } from '../../src/storage/statements/memories.js';
import { type CountingDatabase, counting } from '../support/counting-database.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode, type TestNode } from '../support/memory-service.js';
import { millisecondsOf, planOf } from '../support/plan-of.js';
import { verifies } from '../support/verifies.js';

describeEngines('what recalls ask of the database', (engine) => {
  let db: TestDatabase;
  let database: CountingDatabase;
  let node: TestNode;
  let user: UserId;
  let id: MemoryId;

  const { queries } = RecallBatchRequest.parse({
    queries: [
      ...Array.from({ length: 19 }, (_, n) => ({ q: `harbour ${n}` })),
      { q: 'harbour', metadata: { topic: 'night' } },
    ],
  });

  beforeAll(async () => {
    db = await engine.open();
    database = counting(db.database);
    node = openNode(database);
    user = await seedUser(db);
    const request = StoreRequest.parse({ content: 'The harbour.', metadata: { topic: 'night' } });
    id = memoryId((await node.memories.store(user, request)).id);
  });
  afterAll(() => db.close());
  beforeEach(async () => {
    await node.index.idle();
    await node.memories.flush();
    database.reset();
  });

  const recallCount = async (): Promise<number> => {
    await node.memories.flush();
    return (await node.memories.get(user, id)).memory.recall_count;
  };

  test('twenty queries of a batch are one transaction', async () => {
    const results = await node.memories.recallBatch(user, queries);
    expect(results.map((found) => found.map((memory) => memory.id))).toEqual(
      queries.map(() => [id]),
    );
    expect(database.transactions).toBe(1);
    expect(database.trips).toBeLessThanOrEqual(6);
  });

  test('recalls of one turn read together, a tenant for himself, and each answers what it would alone', async () => {
    const one = await seedUser(db);
    const other = await seedUser(db);
    await node.memories.store(other, StoreRequest.parse({ content: 'The harbour of another.' }));
    const words = [
      'The harbour.',
      'the ferry leaves',
      'the harbour sleeps',
      'a letter came',
      'the harbour ferry',
    ];
    for (const content of words) await node.memories.store(one, StoreRequest.parse({ content }));
    const asked = [
      [one, 'harbour'],
      [one, 'ferry'],
      [other, 'harbour'],
      [one, 'letter'],
    ] as const;
    const ask = async ([who, q]: (typeof asked)[number]): Promise<string[]> =>
      (await node.memories.recall(who, RecallQuery.parse({ q }))).map((memory) => memory.content);
    const alone: string[][] = [];
    for (const question of asked) alone.push(await ask(question));
    expect(alone.map((found) => found.length)).toEqual([3, 2, 1, 1]);
    database.reset();
    expect(await Promise.all(asked.map(ask))).toEqual(alone);
    expect(database.transactions).toBe(2);
    expect(database.trips).toBe(2);
  });

  test('recalls of one turn that ranked what another node has changed find the change, all of them', async () => {
    const apart = await seedUser(db);
    const write = openNode(db.database);
    const content = 'The lighthouse of the island.';
    const stored = [(await write.memories.store(apart, StoreRequest.parse({ content }))).id];
    const ask = async (): Promise<string[]> =>
      (await node.memories.recall(apart, RecallQuery.parse({ q: 'lighthouse' })))
        .map((memory) => memory.id)
        .sort();
    expect(await ask()).toEqual(stored);
    stored.push((await write.memories.store(apart, StoreRequest.parse({ content }))).id);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 2, 3].map(() => stored.sort()));
    await write.memories.forget(apart, memoryId(stored.pop()!));
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 2, 3].map(() => stored));
  });

  test('a batch counts a memory once, however many queries it answers', async () => {
    const before = await recallCount();
    await node.memories.recallBatch(user, queries);
    expect(await recallCount()).toBe(before + 1);
  });

  test('a context counts what is in its text and nothing that did not fit', async () => {
    const before = await recallCount();
    const query = RecallContextQuery.parse({ q: 'harbour' });
    expect((await node.memories.recallContext(user, query)).memories).toEqual([id]);
    expect(await recallCount()).toBe(before + 1);
    const none = { ...query, max_tokens: 2 };
    expect((await node.memories.recallContext(user, none)).memories).toEqual([]);
    expect(await recallCount()).toBe(before + 1);
  });

  test('every filter reads through the index of documents, within 50 ms', async () => {
    verifies('NFR-perf', 'NFR-rls');
    await fillMemories(db, user);
    const docs = Array.from({ length: 400 }, (_, n) => 1000 + n * 5);
    const plan = await planOf(db, user, (tx) =>
      matchingDocs(tx, docs, {
        zone: 4,
        since: 0,
        until: 2e9,
        agentId: 'a',
        sessionId: 's',
        metadata: { topic: 'night' },
      }),
    );
    expect(plan).toMatch(/memories_user_id_doc/);
    expect(plan).toMatch(/metadata @>/);
    expect(plan).not.toMatch(/Seq Scan/);
    expect(millisecondsOf(plan)).toBeLessThan(50);
  });
});

/** A tenant of 8,000 memories and 200 of 100, so that reading all of them would show. */
async function fillMemories({ owner }: TestDatabase, user: UserId): Promise<void> {
  await owner.exec(`insert into users (id, email, tier)
    select gen_random_uuid(), 'filter-' || n || '@example.com', 'free' from generate_series(1, 200) n`);
  await owner.exec(`insert into memories (user_id, id, doc, content, created_at, last_recalled_at, updated_at,
           recall_count, arbitrary_importance, zone, total_score, metadata)
    select id, 'f' || doc, doc, 'x', 1, 1, 1, 0, 0.5, 4, 0, '{"topic":"night"}'
      from users, generate_series(1000, case id when '${user}' then 9000 else 1100 end) as doc where not exists
           (select from memories m where m.user_id = users.id and m.doc = 1000)`);
  await owner.exec('analyze memories');
}
