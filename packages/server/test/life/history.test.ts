import { HistoryQuery, type HistoryResponse, StoreRequest } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MemoryId, UserId } from '../../src/domain/ids.js';
import { keptVersions, selectVersions } from '../../src/storage/statements/memory-versions.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode, type TestNode } from '../support/memory-service.js';
import { planOf } from '../support/plan-of.js';
import { verifies } from '../support/verifies.js';

describeEngines('what a memory said before', (engine) => {
  verifies('NFR-isolation');
  let db: TestDatabase;
  let node: TestNode;
  let user: UserId;
  beforeAll(async () => {
    db = await engine.open();
    node = openNode(db.database);
    user = await seedUser(db);
  });
  afterAll(async () => {
    await node.index.idle();
    await db.close();
  });

  const store = async (content: string): Promise<MemoryId> =>
    (await node.memories.store(user, StoreRequest.parse({ content, importance: 0.25 })))
      .id as MemoryId;
  const history = (id: MemoryId, query: Record<string, unknown> = {}): Promise<HistoryResponse> =>
    node.life.history(user, id, HistoryQuery.parse(query));
  const contents = async (id: MemoryId): Promise<string[]> =>
    (await history(id)).items.map(({ content }) => content);

  test('is kept by an edit of content or metadata, the newest first', async () => {
    const id = await store('The harbour at night.');
    await node.memories.patch(user, id, { content: 'The harbour at dawn.', importance: 0.75 });
    await node.memories.patch(user, id, { metadata: { seen: [1, { deep: true }] } });
    await node.memories.patch(user, id, { metadata: {} });
    const { items, next_cursor } = await history(id);
    expect(items.map(({ replaced_at: _when, ...said }) => said)).toEqual([
      {
        version: 3,
        content: 'The harbour at dawn.',
        metadata: { seen: [1, { deep: true }] },
        importance: 0.75,
        reason: 'edited',
      },
      {
        version: 2,
        content: 'The harbour at dawn.',
        metadata: {},
        importance: 0.75,
        reason: 'edited',
      },
      {
        version: 1,
        content: 'The harbour at night.',
        metadata: {},
        importance: 0.25,
        reason: 'edited',
      },
    ]);
    const { memory } = await node.memories.get(user, id);
    expect(items[0]?.replaced_at).toBe(memory.updated_at);
    expect(next_cursor).toBeNull();
  });

  test('is not kept again by an edit that says the same, or that moves the memory only', async () => {
    const id = await store('A lighthouse.');
    await node.memories.patch(user, id, { content: 'A lighthouse.', metadata: {} });
    await node.memories.patch(user, id, { pinned: true, importance: 0.9, speaker: 'Mina' });
    expect(await contents(id)).toEqual([]);
  });

  test('goes with an edit that is rolled back', async () => {
    const limited = await seedUser(db, { agentLimit: 1 });
    const stored = await node.memories.store(
      limited,
      StoreRequest.parse({ content: 'first', agent_id: 'robot' }),
    );
    const other = (await node.memories.store(limited, StoreRequest.parse({ content: 'second' })))
      .id as MemoryId;
    const edit = node.memories.patch(limited, other, { content: 'third', agent_id: 'another' });
    await expect(edit).rejects.toMatchObject({ code: 'quota_exceeded' });
    expect((await node.life.history(limited, other, { limit: 5 })).items).toEqual([]);
    expect(stored.id).not.toBe(other);
  });

  test('comes in pages, each version once, while newer ones are made', async () => {
    const id = await store('0');
    const edit = (content: string) => node.memories.patch(user, id, { content });
    for (const content of ['1', '2', '3', '4']) await edit(content);
    const first = await history(id, { limit: '2' });
    await edit('5');
    const second = await history(id, { limit: '2', cursor: first.next_cursor });
    expect([...first.items, ...second.items].map(({ content }) => content)).toEqual([
      '3',
      '2',
      '1',
      '0',
    ]);
    expect(second.next_cursor).toBeNull();
  });

  test('has a number of its own for each of edits that race', async () => {
    const id = await store('start');
    await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((content) => node.memories.patch(user, id, { content })),
    );
    const { items } = await history(id);
    expect(items.map(({ version }) => version)).toEqual([5, 4, 3, 2, 1]);
    const { memory } = await node.memories.get(user, id);
    const said = [memory.content, ...items.map(({ content }) => content)];
    expect(said.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'start']);
  });

  test('is bounded: the oldest go', async () => {
    const id = await store('much edited');
    await db.owner.query(
      `insert into memory_versions (user_id, memory_id, version, content, metadata, importance, replaced_at, reason)
       select $1::uuid, $2, n, n::text, '{}', 0.5, n, 'edited' from generate_series(1, ${keptVersions}) n`,
      [user, id],
    );
    await node.memories.patch(user, id, { content: 'once more' });
    const { items } = await history(id, { limit: '100' });
    expect(items).toHaveLength(keptVersions);
    expect(items[0]).toMatchObject({ version: keptVersions + 1, content: 'much edited' });
    expect(items.at(-1)).toMatchObject({ version: 2 });
  });

  test('is nobody else’s, and of no memory that is not there', async () => {
    const id = await store('mine');
    await node.memories.patch(user, id, { content: 'mine still' });
    const other = await seedUser(db);
    const refused = { code: 'not_found' };
    await expect(node.life.history(other, id, { limit: 5 })).rejects.toMatchObject(refused);
    await expect(history('no such id' as MemoryId)).rejects.toMatchObject(refused);
  });

  test('is read by its key, as the app role, beside many of others', async () => {
    const other = await seedUser(db);
    await db.owner.exec(`
      insert into memories (user_id, id, doc, content, zone, created_at, last_recalled_at, updated_at)
      select '${other}', n, n, 'x', 2, 0, 0, 0 from generate_series(1, 5000) n;
      insert into memory_versions (user_id, memory_id, version, content, metadata, importance, replaced_at, reason)
      select '${other}', n, 1, 'y', '{}', 0.5, 0, 'edited' from generate_series(1, 5000) n;
      analyze memory_versions`);
    const plan = await planOf(db, user, (tx) =>
      selectVersions(tx, 'm' as MemoryId, { below: 9, limit: 5 }),
    );
    expect(plan).toMatch(/Index Scan.*memory_versions_pkey/);
    expect(plan).toMatch(/Index Cond: .*user_id.*memory_id.*version/);
  });
});
