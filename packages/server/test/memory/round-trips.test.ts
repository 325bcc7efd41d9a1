import { RecallQuery, StoreRequest } from '@stellar-memory/protocol';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { MemoryId, UserId } from '../../src/domain/ids.js';
import { createChangeFeed } from '../../src/memory/change-feed.js';
import { createTenantDoor } from '../../src/storage/tenant-door.js';
import { type CountingDatabase, counting } from '../support/counting-database.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode, type TestNode } from '../support/memory-service.js';
import { mutation } from './mutations/sending.js';

describeEngines('round trips to the database', (engine) => {
  let db: TestDatabase;
  let database: CountingDatabase;
  let node: TestNode;
  let user: UserId;
  let id: MemoryId;

  const query = RecallQuery.parse({ q: 'the harbour at night' });
  const request = StoreRequest.parse({ content: 'The harbour at night.' });

  beforeAll(async () => {
    db = await engine.open();
    database = counting(db.database);
    node = openNode(database);
    user = await seedUser(db);
    id = (await node.memories.store(user, request)).id as MemoryId;
  });
  afterAll(() => db.close());
  beforeEach(async () => {
    await node.index.idle();
    database.reset();
  });

  test('a first recall takes three at most', async () => {
    expect(await node.memories.recall(user, query)).toHaveLength(1);
    expect(database.trips).toBeLessThanOrEqual(3);
  });

  test('a recall with a warm index takes one', async () => {
    await node.memories.recall(user, query);
    database.reset();
    expect(await node.memories.recall(user, query)).toHaveLength(1);
    expect(database.trips).toBe(1);
  });

  test('a recall after another node changed something takes four, and is exact', async () => {
    const other = openNode(db.database);
    const apart = await seedUser(db);
    const kept = await other.memories.store(apart, request);
    const forgotten = await other.memories.store(apart, request);
    const found = async (): Promise<string[]> =>
      (await node.memories.recall(apart, query)).map((memory) => memory.id).sort();
    expect(await found()).toEqual([kept.id, forgotten.id].sort());
    const added = await other.memories.store(apart, request);
    database.reset();
    expect(await found()).toEqual([kept.id, forgotten.id, added.id].sort());
    expect(database.trips).toBeLessThanOrEqual(4);
    await other.memories.forget(apart, forgotten.id as MemoryId);
    expect(await found()).toEqual([kept.id, added.id].sort());
    await other.index.idle();
  });

  test('a store takes one', async () => {
    await node.memories.store(user, request);
    expect(database.trips).toBe(1);
  });

  test('a batch takes two, whatever its size', async () => {
    await node.memories.storeBatch(user, [request, request, request]);
    expect(database.trips).toBe(2);
  });

  test('a group of mutations takes two, whatever is in it', async () => {
    const kept = await node.memories.store(user, request);
    database.reset();
    await node.memories.mutate(user, [
      mutation([{ op: 'store', memory: { content: 'The lighthouse.', agent_id: 'ann' } }]),
      mutation([{ op: 'edit', id: kept.id, set: { content: 'The pier.', agent_id: 'bob' } }]),
      mutation([{ op: 'recalled', id: kept.id }]),
    ]);
    expect(database.trips).toBe(2);
  });

  test('reads of rows take one', async () => {
    const reads = [
      () => node.memories.get(user, id),
      () => node.memories.list(user, { limit: 10 }),
      () => node.memories.timeline(user, { limit: 10 }),
      () => node.memories.stats(user),
    ];
    for (const read of reads) {
      database.reset();
      await read();
      expect(database.trips).toBe(1);
    }
  });

  test('an edit takes four and forgetting three', async () => {
    const stored = await node.memories.store(user, request);
    const edited = stored.id as MemoryId;
    for (const [act, trips] of [
      [() => node.memories.patch(user, edited, { importance: 0.9 }), 4],
      [() => node.memories.patch(user, edited, { content: 'The harbour at dawn.' }), 4],
      [() => node.memories.forget(user, edited), 3],
    ] as const) {
      await node.index.idle();
      database.reset();
      await act();
      expect(database.trips).toBe(trips);
    }
  });

  test('what comes after a cursor takes one, whatever it is', async () => {
    const feed = createChangeFeed({ tenants: createTenantDoor(database) });
    const { cursor } = await feed.read(user, undefined, 10);
    await node.memories.storeBatch(user, [request, request]);
    const { id: gone } = await node.memories.store(user, request);
    await node.memories.forget(user, gone as MemoryId);
    database.reset();
    const page = await feed.read(user, cursor, 10);
    expect(page.events.map(({ ops }) => ops.map(({ op }) => op))).toEqual([
      ['put', 'put'],
      [],
      ['forget'],
    ]);
    await feed.read(user, page.cursor, 10);
    expect(database.trips).toBe(2);
  });
});
