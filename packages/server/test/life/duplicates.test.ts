import { randomUUID } from 'node:crypto';
import { RecallQuery, StoreRequest, type StoreResponse } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MemoryId, UserId } from '../../src/domain/ids.js';
import { defaultProfile } from '../../src/domain/score-profiles.js';
import { verifyUsage } from '../../src/memory/verify-usage.js';
import { selectKnown } from '../../src/storage/statements/memory-identities.js';
import { send } from '../memory/mutations/sending.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode, type TestNode } from '../support/memory-service.js';
import { planOf } from '../support/plan-of.js';
import { importMemories } from './import-memories.js';

describeEngines('storing what is there already', (engine) => {
  let db: TestDatabase;
  let node: TestNode;
  beforeAll(async () => {
    db = await engine.open();
    node = openNode(db.database);
  });
  afterAll(async () => {
    await node.index.idle();
    await db.close();
  });

  const parse = (request: Record<string, unknown>) =>
    StoreRequest.parse({ content: 'Mina prefers dark mode.', ...request });
  const store = (user: UserId, request: Record<string, unknown> = {}): Promise<StoreResponse> =>
    node.memories.store(user, parse(request));
  const total = async (user: UserId): Promise<number> =>
    (await node.memories.stats(user)).total_memories;
  const merging = async (limits: Parameters<typeof seedUser>[1] = {}): Promise<UserId> => {
    const user = await seedUser(db, limits);
    await node.life.changeSettings(user, { duplicates: 'merge' }, 'owner');
    return user;
  };
  const timesStored = async (user: UserId): Promise<number[]> =>
    (
      await db.owner.query<{ stored: number }>(
        'select stored from memory_identities where user_id = $1 order by stored',
        [user],
      )
    ).map(({ stored }) => stored);

  test('is another memory, unless its owner wants otherwise', async () => {
    const user = await seedUser(db);
    expect(await node.life.settings(user)).toMatchObject({ duplicates: 'keep' });
    const [first, second] = [await store(user), await store(user)];
    expect(second.id).not.toBe(first.id);
    expect(second).not.toHaveProperty('merged');
    expect(await total(user)).toBe(2);
  });

  test('is counted, answered with the memory that has it, and takes no room', async () => {
    const user = await merging({ memoryLimit: 1 });
    const first = await store(user, { importance: 0.25 });
    const again = await store(user, { importance: 0.75 });
    expect(again).toMatchObject({ id: first.id, merged: true });
    const third = await store(user, { importance: 0.5 });
    expect(third).toEqual(again);
    const { memory } = await node.memories.get(user, first.id as MemoryId);
    expect(memory).toMatchObject({ importance: 0.75, zone: again.zone, score: again.score });
    expect(await timesStored(user)).toEqual([3]);
    expect(await total(user)).toBe(1);
    await expect(store(user, { content: 'Something else.' })).rejects.toMatchObject({
      code: 'quota_exceeded',
    });
    const drift = await verifyUsage(db.tenants, user);
    expect(drift?.counted.zones).toEqual(drift?.kept.zones);
  });

  test('is noticed when it was recalled before, whatever else the memory has', async () => {
    const user = await merging();
    const context = { session_id: 's', speaker: 'Mina', role: 'user', occurred_at: 1_700_000_000 };
    const first = await store(user, context);
    const [found] = await node.memories.recall(user, RecallQuery.parse({ q: 'dark mode' }));
    expect(await store(user, { content: found!.content })).toMatchObject({
      id: first.id,
      merged: true,
    });
  });

  test('is another memory by another speaker, agent, conversation, role or time', async () => {
    const user = await merging();
    const context = {
      agent_id: 'a',
      session_id: 's',
      speaker: 'Mina',
      role: 'user',
      occurred_at: 1_700_000_000,
    };
    const ids = new Set([(await store(user, context)).id]);
    const others = [
      { agent_id: 'b' },
      { agent_id: undefined },
      { session_id: 't' },
      { speaker: 'Ben' },
      { role: 'assistant' },
      { occurred_at: 1_700_000_001 },
      { content: 'Mina prefers light mode.' },
    ];
    for (const other of others) {
      const stored = await store(user, { ...context, ...other });
      expect(stored, JSON.stringify(other)).not.toHaveProperty('merged');
      ids.add(stored.id);
    }
    expect(ids.size).toBe(others.length + 1);
    expect(await store(user, context)).toMatchObject({ merged: true });
  });

  test('is noticed within a batch, and by stores that race on two nodes', async () => {
    const user = await merging();
    const answers = await node.memories.storeBatch(user, [
      parse({ importance: 0.25 }),
      parse({ content: 'Other.' }),
      parse({ importance: 0.75 }),
    ]);
    expect(answers.map(({ merged }) => merged)).toEqual([undefined, undefined, true]);
    expect(answers[2]!.id).toBe(answers[0]!.id);
    expect(answers[2]!.score).toBe(answers[0]!.score);
    const other = openNode(db.database);
    const racing = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (n % 2 === 0 ? node : other).memories.store(user, parse({ content: 'Raced.' })),
      ),
    );
    expect(new Set(racing.map(({ id }) => id)).size).toBe(1);
    expect(racing.filter(({ merged }) => merged === undefined)).toHaveLength(1);
    expect(await timesStored(user)).toEqual([1, 2, 20]);
    expect(await total(user)).toBe(3);
    await other.index.idle();
  });

  test('is noticed of memories stored before the choice, edited, forgotten and restored', async () => {
    const user = await seedUser(db);
    const early = await store(user);
    const edited = (await store(user, { content: 'Before.' })).id as MemoryId;
    await node.life.changeSettings(user, { duplicates: 'merge' }, 'owner');
    expect(await store(user)).toMatchObject({ id: early.id, merged: true });
    await node.memories.patch(user, edited, { content: 'After.' });
    expect(await store(user, { content: 'After.' })).toMatchObject({ id: edited, merged: true });
    expect(await store(user, { content: 'Before.' })).not.toHaveProperty('merged');
    await node.memories.forget(user, edited);
    await node.life.restore(user, edited);
    expect(await store(user, { content: 'After.' })).toMatchObject({ id: edited, merged: true });
    await node.memories.forget(user, edited);
    expect(await store(user, { content: 'After.' })).not.toHaveProperty('merged');
  });

  test('is noticed of memories that came by import or from a device', async () => {
    const user = await merging();
    const id = randomUUID();
    await send(node.memories, user, [{ op: 'store', id, memory: { content: 'Offline.' } }]);
    expect(await store(user, { content: 'Offline.' })).toMatchObject({ id, merged: true });
    const dependencies = {
      tenants: db.tenants,
      index: node.index,
      clock: { nowMs: () => Date.now() },
      profile: defaultProfile,
    };
    await importMemories(dependencies, user, [{ id: 'imported', content: 'Imported.' }]);
    expect(await store(user, { content: 'Imported.' })).toMatchObject({
      id: 'imported',
      merged: true,
    });
  });

  test('tells the feed what was stored, and again what it made more important', async () => {
    const user = await merging();
    const { id } = await store(user, { importance: 0.5 });
    await store(user, { importance: 0.25 });
    await store(user, { importance: 0.75 });
    const changes = await db.owner.query<{ stored: string[] }>(
      'select stored from changes where user_id = $1 order by seq',
      [user],
    );
    expect(changes).toEqual([{ stored: [id] }, { stored: [id] }]);
  });

  test('is another memory again when its owner chose so', async () => {
    const user = await merging();
    const first = await store(user);
    expect(await node.life.changeSettings(user, { duplicates: 'keep' }, 'owner')).toMatchObject({
      duplicates: 'keep',
    });
    expect((await store(user)).id).not.toBe(first.id);
    expect(await timesStored(user)).toEqual([]);
  });

  test('is never another tenant’s', async () => {
    const [user, other] = [await merging(), await merging()];
    const theirs = await store(other);
    const mine = await store(user);
    expect(mine.id).not.toBe(theirs.id);
    expect(mine).not.toHaveProperty('merged');
  });

  test('answers a repeated store once', async () => {
    const user = await merging();
    const idempotency = { key: 'k', scope: 'POST store', fingerprint: 'f' };
    const first = await node.memories.store(user, parse({}), idempotency);
    expect(await node.memories.store(user, parse({}), idempotency)).toEqual(first);
    expect(await timesStored(user)).toEqual([1]);
  });

  test('is looked up by index, as the app role, beside many of others', async () => {
    const user = await seedUser(db);
    const other = await seedUser(db);
    await db.owner.exec(`
      insert into memories (user_id, id, doc, content, zone, created_at, last_recalled_at, updated_at)
      select '${other}', n, n, 'x', 2, 0, 0, 0 from generate_series(1, 5000) n;
      insert into memory_identities (user_id, memory_id, content_hash)
      select '${other}', n, md5(n::text)::uuid from generate_series(1, 5000) n;
      analyze memory_identities; analyze memories`);
    const item = { agentId: null, sessionId: null, speaker: null, role: null, occurredAt: null };
    const known = await planOf(db, user, (tx) => selectKnown(tx, [{ content: 'x', ...item }]));
    expect(known).toMatch(/Index Scan.*memory_identities_user_id_content_hash/);
    expect(known).not.toMatch(/Seq Scan on mem/);
  });
});
