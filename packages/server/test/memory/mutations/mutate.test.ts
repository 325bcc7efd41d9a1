import { randomUUID } from 'node:crypto';
import { RecallQuery, StoreRequest } from '@stellar-memory/protocol';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { MemoryId, UserId } from '../../../src/domain/ids.js';
import { insertMutations } from '../../../src/storage/statements/mutations.js';
import { describeEngines, seedUser, type TestDatabase } from '../../support/engines.js';
import { openNode, type TestNode } from '../../support/memory-service.js';
import { verifies } from '../../support/verifies.js';
import { mutation, send } from './sending.js';

describeEngines('mutations', (engine) => {
  verifies('F5');
  let db: TestDatabase;
  let node: TestNode;
  let user: UserId;
  const minuteMs = 60_000;

  beforeAll(async () => {
    db = await engine.open();
    node = openNode(db.database);
  });
  afterAll(async () => {
    await node.index.idle();
    await db.close();
  });
  beforeEach(async () => {
    user = await seedUser(db);
  });

  const stored = async (content = 'The harbour at night.', ms = Date.now()): Promise<MemoryId> => {
    const id = randomUUID();
    const results = await send(node.memories, user, [{ op: 'store', id, memory: { content } }], {
      ms,
    });
    expect(results).toEqual([{ result: 'applied', id }]);
    return id as MemoryId;
  };
  const read = async (id: MemoryId) => (await node.memories.get(user, id)).memory;
  const edit = (id: MemoryId, set: object, ms = Date.now()) =>
    send(node.memories, user, [{ op: 'edit', id, set }], { ms });
  const found = async (q: string): Promise<string[]> =>
    (await node.memories.recall(user, RecallQuery.parse({ q }))).map(({ id }) => id);

  test('store, edit, report recalls and forget in one go, and are found by recall', async () => {
    const id = randomUUID() as MemoryId;
    const [a, b, c] = await send(node.memories, user, [
      { op: 'store', id, memory: { content: 'A lighthouse in the fog.', importance: 0.2 } },
      { op: 'edit', id, set: { content: 'A ferry in the fog.', pinned: true } },
      { op: 'recalled', id, times: 3, at: 1_700_000_000 },
    ]);
    expect([a, b, c].map((result) => result!.result)).toEqual(['applied', 'applied', 'applied']);
    expect(await read(id)).toMatchObject({
      content: 'A ferry in the fog.',
      pinned: true,
      importance: 0.2,
      recall_count: 3,
      last_recalled_at: 1_700_000_000,
    });
    expect(await found('ferry')).toEqual([id]);
    expect(await found('lighthouse')).toEqual([]);
    expect(await send(node.memories, user, [{ op: 'forget', id }])).toEqual([
      { result: 'applied', id },
    ]);
    await expect(read(id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await found('ferry')).toEqual([]);
    expect((await node.memories.stats(user)).total_memories).toBe(0);
  });

  test('that are sent again are answered as before and not repeated', async () => {
    const id = await stored();
    const sent = mutation([{ op: 'recalled', id, times: 2 }]);
    const first = await node.memories.mutate(user, [sent]);
    const again = await openNode(db.database).memories.mutate(user, [sent, sent]);
    expect(again.acks).toEqual([first.acks[0], first.acks[0]]);
    expect((await read(id)).recall_count).toBe(2);
    const other = mutation([{ op: 'forget', id }], { mid: sent.mid });
    const { acks } = await node.memories.mutate(user, [other]);
    expect(acks[0]!.results).toMatchObject([
      { result: 'rejected', error: { code: 'idempotency_mismatch' } },
    ]);
    expect((await read(id)).recall_count).toBe(2);
  });

  test('with the same id twice in one request act once', async () => {
    const id = await stored();
    const sent = mutation([{ op: 'recalled', id }]);
    const { acks } = await node.memories.mutate(user, [sent, sent]);
    expect(acks[0]).toEqual(acks[1]);
    expect((await read(id)).recall_count).toBe(1);
  });

  test('keep the later edit of each field, whichever comes first', async () => {
    const now = Date.now();
    const id = await stored('first', now - 10 * minuteMs);
    await edit(id, { content: 'at minus 2', speaker: 'kim' }, now - 2 * minuteMs);
    expect(await edit(id, { content: 'at minus 5', role: 'user' }, now - 5 * minuteMs)).toEqual([
      { result: 'merged', id, lost: ['content'] },
    ]);
    expect(await edit(id, { content: 'at minus 4' }, now - 4 * minuteMs)).toEqual([
      { result: 'lost', id, lost: ['content'] },
    ]);
    expect(await read(id)).toMatchObject({ content: 'at minus 2', speaker: 'kim', role: 'user' });
    expect(await found('minus')).toEqual([id]);
  });

  test('keep what did not stay, and what was replaced, as versions of the memory', async () => {
    const now = Date.now();
    const id = await stored('first', now - 10 * minuteMs);
    await edit(id, { content: 'later' }, now - 2 * minuteMs);
    await edit(id, { content: 'earlier' }, now - 5 * minuteMs);
    const { items } = await node.life.history(user, id, { limit: 10 });
    expect(items.map(({ version, content, reason }) => [version, content, reason])).toEqual([
      [2, 'earlier', 'overwritten'],
      [1, 'first', 'edited'],
    ]);
  });

  test('that edit and forget at once leave what was edited to be restored', async () => {
    const id = await stored('first');
    await send(node.memories, user, [
      { op: 'edit', id, set: { content: 'the last words', importance: 1, agent_id: 'a' } },
      { op: 'forget', id },
    ]);
    expect(await node.life.restore(user, id)).toMatchObject({
      content: 'the last words',
      importance: 1,
    });
    expect(await found('words')).toEqual([id]);
    const { items } = await node.life.history(user, id, { limit: 10 });
    expect(items.map(({ content }) => content)).toEqual(['first']);
    expect((await node.memories.stats(user)).total_memories).toBe(1);
    expect(await edit(id, { pinned: true })).toEqual([{ result: 'applied', id }]);
  });

  test('of a clock that is an hour ahead do not win for ever', async () => {
    const times = { now: 1_800_000_000_000 };
    const { memories } = openNode(db.database, { clock: { nowMs: () => times.now } });
    const id = await stored('first', times.now - minuteMs);
    const set = (content: string, ms: number) =>
      send(memories, user, [{ op: 'edit', id, set: { content } }], { ms });
    await set('ahead', times.now + 60 * minuteMs);
    times.now += minuteMs + 1;
    expect(await set('an honest clock', times.now)).toEqual([{ result: 'applied', id }]);
    expect((await read(id)).content).toBe('an honest clock');
  });

  test('lose to a plain edit, which sees what it replaces, even from a clock that is ahead', async () => {
    const id = await stored();
    await edit(id, { content: 'ahead' }, Date.now() + 60 * minuteMs);
    await node.memories.patch(user, id, { content: 'patched' });
    expect(await edit(id, { content: 'made before' }, Date.now() - minuteMs)).toMatchObject([
      { result: 'lost' },
    ]);
    expect((await read(id)).content).toBe('patched');
  });

  test('never bring a forgotten memory back', async () => {
    const id = await stored();
    const plain = (await node.memories.store(user, StoreRequest.parse({ content: 'By REST.' }))).id;
    await send(node.memories, user, [{ op: 'forget', id }]);
    await node.memories.forget(user, plain as MemoryId);
    for (const gone of [id, plain])
      expect(
        await send(
          node.memories,
          user,
          [
            { op: 'edit', id: gone, set: { content: 'again' } },
            { op: 'recalled', id: gone },
            { op: 'forget', id: gone },
          ],
          { ms: Date.now() + 30_000 },
        ),
      ).toEqual([
        { result: 'gone', id: gone },
        { result: 'gone', id: gone },
        { result: 'dup', id: gone },
      ]);
    expect(
      await send(node.memories, user, [{ op: 'store', id, memory: { content: 'again' } }]),
    ).toEqual([{ result: 'gone', id }]);
  });

  test('that store and forget at once leave only the knowledge that it is gone', async () => {
    const id = randomUUID();
    const both = [
      { op: 'store', id, memory: { content: 'for a moment' } },
      { op: 'forget', id },
    ];
    expect(await send(node.memories, user, both)).toMatchObject([
      { result: 'applied' },
      { result: 'applied' },
    ]);
    expect(
      await send(node.memories, user, [{ op: 'store', id, memory: { content: 'again' } }]),
    ).toEqual([{ result: 'gone', id }]);
  });

  test('keep an edit from the same group as its store against one made between them', async () => {
    const now = Date.now();
    const id = randomUUID() as MemoryId;
    await node.memories.mutate(user, [
      mutation([{ op: 'store', id, memory: { content: 'at 1' } }], { ms: now - 3 * minuteMs }),
      mutation([{ op: 'edit', id, set: { content: 'at 3' } }], { ms: now - minuteMs }),
    ]);
    expect(await edit(id, { content: 'at 2' }, now - 2 * minuteMs)).toMatchObject([
      { result: 'lost' },
    ]);
    expect((await read(id)).content).toBe('at 3');
  });

  test('tell of what is not there, without harm to the others', async () => {
    const nowhere = randomUUID();
    const id = randomUUID();
    expect(
      await send(node.memories, user, [
        { op: 'edit', id: nowhere, set: { pinned: true } },
        { op: 'store', id, memory: { content: 'stays' } },
      ]),
    ).toMatchObject([
      { result: 'rejected', id: nowhere, error: { code: 'not_found' } },
      { result: 'applied', id },
    ]);
  });

  test('say the change that made them visible, which names the memories', async () => {
    const id = await stored();
    const { acks } = await node.memories.mutate(user, [
      mutation([{ op: 'edit', id, set: { pinned: true } }]),
    ]);
    const rows = await db.owner.query<{ seq: string; stored: string[] }>(
      'select seq, stored from changes where user_id = $1 order by seq desc limit 1',
      [user],
    );
    expect(rows.map(({ seq, stored: ids }) => [Number(seq), ids])).toEqual([[acks[0]!.seq, [id]]]);
  });

  test('are not committed when anything else came of them than was planned', async () => {
    const id = await stored();
    const answer = { mid: randomUUID(), fingerprint: 'none', results: [] };
    const commitWith = (memories: number, agents: number): Promise<number> =>
      db.tenants.withTenant(user, (tx) =>
        insertMutations(tx.ending, [answer], {
          memories: { used: memories, limit: null },
          agents: { used: agents, limit: null },
        }),
      );
    await expect(commitWith(2, 0)).rejects.toThrow('database error P0001');
    await expect(commitWith(1, 1)).rejects.toThrow('database error P0001');
    const kept = () =>
      db.owner.query('select mid from mutations where user_id = $1 and mid = $2', [
        user,
        answer.mid,
      ]);
    expect(await kept()).toEqual([]);
    expect(await commitWith(1, 0)).toBe(1);
    expect(await kept()).toHaveLength(1);
    expect((await read(id)).content).toBe('The harbour at night.');
  });

  test('count agents once, whatever moves within a group', async () => {
    const [a, b] = [await stored('one'), await stored('two')];
    await node.memories.mutate(user, [
      mutation([{ op: 'edit', id: a, set: { agent_id: 'ann' } }]),
      mutation([{ op: 'edit', id: b, set: { agent_id: 'ann' } }]),
      mutation([{ op: 'store', memory: { content: 'three', agent_id: 'bob' } }]),
    ]);
    const agents = () =>
      db.owner.query<{ agent_id: string; memories: string }>(
        'select agent_id, memories::text from agents where user_id = $1 order by agent_id',
        [user],
      );
    expect(await agents()).toEqual([
      { agent_id: 'ann', memories: '2' },
      { agent_id: 'bob', memories: '1' },
    ]);
    await node.memories.mutate(user, [
      mutation([{ op: 'edit', id: a, set: { agent_id: 'bob' } }]),
      mutation([{ op: 'forget', id: b }]),
    ]);
    expect(await agents()).toEqual([{ agent_id: 'bob', memories: '2' }]);
  });

  test('of a key that was revoked meanwhile are refused, and those beside them go on', async () => {
    const credential = async (): Promise<string> => {
      const [row] = await db.owner.query<{ id: string }>(
        `insert into api_keys (user_id, id, key_hash, key_prefix, name)
         values ($1::uuid, gen_random_uuid(), $2, 'sm_live_', 'a test') returning id`,
        [user, randomUUID()],
      );
      return row!.id;
    };
    const [good, revoked] = [await credential(), await credential()];
    const by = (credentialId: string, content: string) =>
      node.memories.mutate(user, [mutation([{ op: 'store', memory: { content } }])], {
        credentialId,
      });
    await by(revoked, 'before');
    await db.owner.query('update api_keys set is_active = false where id = $1::uuid', [revoked]);
    // The first goes alone, the others share the next transaction.
    const settled = await Promise.allSettled([
      by(good, 'first'),
      by(revoked, 'too late'),
      by(good, 'beside it'),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(settled[1]).toMatchObject({ reason: { code: 'unauthorized' } });
    const contents = async () => {
      const { items } = await node.memories.list(user, { limit: 10 });
      return items.map(({ content }) => content).toSorted();
    };
    expect(await contents()).toEqual(['before', 'beside it', 'first']);
    await db.owner.query("update users set status = 'suspended' where id = $1::uuid", [user]);
    await expect(by(good, 'of nobody')).rejects.toMatchObject({ code: 'unauthorized' });
    expect(await contents()).toEqual(['before', 'beside it', 'first']);
  });

  test('refused for want of a credential are not remembered: another key sends them again', async () => {
    const sent = mutation([{ op: 'store', memory: { content: 'sent again' } }]);
    const refused = node.memories.mutate(user, [sent], { credentialId: randomUUID() });
    await expect(refused).rejects.toMatchObject({ code: 'unauthorized' });
    const { acks } = await node.memories.mutate(user, [sent]);
    expect(acks[0]!.results).toMatchObject([{ result: 'applied' }]);
  });

  test('forget what was answered more than a week ago', async () => {
    const id = await stored();
    const sent = mutation([{ op: 'recalled', id }]);
    await node.memories.mutate(user, [sent]);
    await db.owner.query(
      "update mutations set answered_at = now() - interval '8 days' where user_id = $1 and mid = $2",
      [user, sent.mid],
    );
    const isLeft = async (): Promise<boolean> => {
      const sql = 'select mid from mutations where user_id = $1 and mid = $2';
      return (await db.owner.query(sql, [user, sent.mid])).length > 0;
    };
    // One group of 16 cleans up, by chance: that 400 of them do not is less likely than 1 in 10¹¹.
    for (let group = 0; group < 400 && (await isLeft()); group += 1)
      await edit(id, { pinned: group % 2 === 0 });
    expect(await isLeft()).toBe(false);
  });
});
