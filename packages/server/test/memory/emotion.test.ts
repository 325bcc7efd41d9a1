import { RecallQuery, StoreRequest } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MemoryId, UserId } from '../../src/domain/ids.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode, type TestNode } from '../support/memory-service.js';
import { verifies } from '../support/verifies.js';

describeEngines('the emotion of a memory', (engine) => {
  let db: TestDatabase;
  let node: TestNode;
  let user: UserId;
  beforeAll(async () => {
    db = await engine.open();
    node = openNode(db.database);
    user = await seedUser(db);
  });
  afterAll(() => db.close());

  const store = (owner: UserId, contents: readonly string[]) =>
    node.memories.storeBatch(
      owner,
      contents.map((content) => StoreRequest.parse({ content })),
    );
  const recall = async (owner: UserId, query: object): Promise<string[]> => {
    const found = await node.memories.recall(owner, RecallQuery.parse(query));
    return found.map(({ content }) => content);
  };

  test('stands in every answer that shows it', async () => {
    const owner = await seedUser(db);
    const [happy, plain] = await store(owner, [
      'The launch was a wonderful success',
      'The launch was on Monday',
    ]);
    const { memory } = await node.memories.get(owner, happy!.id as MemoryId);
    expect(memory.emotion).toBe('joy');
    const { items } = await node.memories.list(owner, { limit: 10 });
    expect(new Map(items.map(({ id, emotion }) => [id, emotion]))).toEqual(
      new Map([
        [happy!.id, 'joy'],
        [plain!.id, null],
      ]),
    );
    const timeline = await node.memories.timeline(owner, { limit: 10 });
    expect(new Set(timeline.map(({ emotion }) => emotion))).toEqual(new Set(['joy', null]));
    const found = await node.memories.recall(owner, RecallQuery.parse({ q: 'launch' }));
    expect(new Set(found.map(({ emotion }) => emotion))).toEqual(new Set(['joy', null]));
  });

  test('narrows a recall before the limit, however many rank better', async () => {
    const better = Array.from({ length: 600 }, (_, n) => `harbour harbour ${n}`);
    for (let from = 0; from < better.length; from += 100)
      await store(user, better.slice(from, from + 100));
    const sad = 'We said goodbye at the harbour on a long grey evening, and he cried';
    await store(user, [sad, '항구에서 헤어질 때 너무 슬펐다']);
    expect(await recall(user, { q: 'harbour', emotion: 'sadness', limit: 1 })).toEqual([sad]);
    expect(await recall(user, { q: '항구', emotion: 'sadness' })).toEqual([
      '항구에서 헤어질 때 너무 슬펐다',
    ]);
    expect(await recall(user, { q: 'harbour', emotion: 'joy' })).toEqual([]);
  });

  test('narrows beside other filters, and follows an edit', async () => {
    const owner = await seedUser(db);
    const [{ id } = { id: '' }] = await node.memories.storeBatch(owner, [
      StoreRequest.parse({ content: 'The demo made me happy', session_id: 'a' }),
    ]);
    const asked = { q: 'demo', emotion: 'joy' };
    expect(await recall(owner, { ...asked, session_id: 'a' })).toHaveLength(1);
    expect(await recall(owner, { ...asked, session_id: 'b' })).toEqual([]);
    await node.memories.patch(owner, id as MemoryId, { content: 'The demo made me furious' });
    expect(await recall(owner, asked)).toEqual([]);
    expect(await recall(owner, { ...asked, emotion: 'anger' })).toHaveLength(1);
  });

  test("reads nobody else's memories", async () => {
    verifies('NFR-isolation', 'FR-02');
    const [mine, others] = [await seedUser(db), await seedUser(db)];
    await store(others, ['The lighthouse made me happy']);
    await store(mine, ['The lighthouse']);
    expect(await recall(mine, { q: 'lighthouse', emotion: 'joy' })).toEqual([]);
  });
});
