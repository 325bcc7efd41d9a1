import { RecallQuery, StoreRequest, type StoreResponse } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { echoSeconds } from '../../src/domain/duplicates.js';
import type { MemoryId, UserId } from '../../src/domain/ids.js';
import { verifyUsage } from '../../src/memory/verify-usage.js';
import { type CountingDatabase, counting } from '../support/counting-database.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode, type TestNode } from '../support/memory-service.js';

describeEngines('storing what is nearly there already', (engine) => {
  let db: TestDatabase;
  let database: CountingDatabase;
  let node: TestNode;
  let nowMs = Date.now();
  const clock = { nowMs: () => nowMs };
  beforeAll(async () => {
    db = await engine.open();
    database = counting(db.database);
    node = openNode(database, { clock });
  });
  afterAll(async () => {
    await node.index.close();
    await db.close();
  });

  const berlin = 'Mina lives in Berlin with two cats.';
  const more = 'Mina lives in Berlin with two grey cats.';
  const munich = 'Mina now lives in Munich with two cats.';
  const parse = (content: string, request: Record<string, unknown> = {}) =>
    StoreRequest.parse({ content, ...request });
  const store = (
    user: UserId,
    content: string,
    request: Record<string, unknown> = {},
  ): Promise<StoreResponse> => node.memories.store(user, parse(content, request));
  const choosing = async (duplicates: 'keep' | 'link' | 'merge'): Promise<UserId> => {
    const user = await seedUser(db);
    await node.life.changeSettings(user, { duplicates }, 'owner');
    return user;
  };
  const get = (user: UserId, { id }: { readonly id: string }) =>
    node.memories.get(user, id as MemoryId);
  const versions = async (user: UserId, { id }: { readonly id: string }) =>
    (await node.life.history(user, id as MemoryId, { limit: 10 })).items;
  const timesStored = async (user: UserId): Promise<number[]> =>
    (
      await db.owner.query<{ stored: number }>(
        'select stored from memory_identities where user_id = $1 order by stored',
        [user],
      )
    ).map(({ stored }) => stored);

  test('links it, where its owner chose so, from either side', async () => {
    const user = await choosing('link');
    const first = await store(user, berlin);
    expect(first).not.toHaveProperty('links');
    const second = await store(user, more);
    expect(second).not.toHaveProperty('merged');
    expect(second.links).toMatchObject([{ id: first.id, relation: 'near' }]);
    expect((await get(user, second)).links).toEqual(second.links);
    expect((await get(user, first)).links).toEqual([{ ...second.links![0], id: second.id }]);
    expect(await store(user, berlin)).toMatchObject({ id: first.id, merged: true });
  });

  test('merges it, where its owner chose so, and keeps what was there as a version', async () => {
    const user = await choosing('merge');
    const first = await store(user, berlin, { importance: 0.3 });
    const second = await store(user, more, { importance: 0.6 });
    expect(second).toMatchObject({ id: first.id, merged: true });
    const { memory } = await get(user, first);
    expect(memory).toMatchObject({ content: more, importance: 0.6, zone: second.zone });
    expect(await versions(user, first)).toMatchObject([{ content: berlin, reason: 'merged' }]);
    expect(await timesStored(user)).toEqual([2]);
    // What says less changes nothing but the count.
    expect(await store(user, 'Actually, Mina lives in Berlin with two cats!')).toMatchObject({
      id: first.id,
      merged: true,
    });
    expect((await get(user, first)).memory.content).toBe(more);
    expect(await versions(user, first)).toHaveLength(1);
    expect(await timesStored(user)).toEqual([3]);
    const found = await node.memories.recall(user, RecallQuery.parse({ q: 'grey cats' }));
    expect(found.map(({ id }) => id)).toEqual([first.id]);
    const drift = await verifyUsage(db.tenants, user);
    expect(drift?.counted.zones).toEqual(drift?.kept.zones);
  });

  test('never merges what contradicts: an update, a number, a negation; in English and Korean', async () => {
    const pairs = [
      [berlin, munich],
      ['The billing service runs on port 8080.', 'The billing service runs on port 8081.'],
      ['Mina likes green tea.', 'Mina does not like green tea.'],
      ['Mina likes green tea.', 'Mina hates green tea.'],
      ['미나는 서울에 산다.', '미나는 부산에 산다.'],
      ['주간 회의는 오후 3시입니다.', '이제 주간 회의는 오후 4시입니다.'],
    ];
    for (const [before, after] of pairs)
      for (const choice of ['link', 'merge'] as const) {
        const user = await choosing(choice);
        const first = await store(user, before!);
        const second = await store(user, after!);
        expect(second, after).not.toHaveProperty('merged');
        expect(second.links, after).toMatchObject([{ id: first.id, relation: 'contradicts' }]);
        expect((await get(user, first)).memory.content).toBe(before);
      }
  });

  test('leaves alone what only looks alike', async () => {
    const user = await choosing('merge');
    const texts = [
      berlin,
      'Ben lives in Berlin with two cats.',
      'Mina went to Lisbon last week.',
      'Mina went to Osaka last week.',
      'Ann lent Ben a bicycle.',
      'Ben lent Ann a bicycle.',
      'I ran 5 km this morning.',
      'I ran 6 km this morning.',
    ];
    for (const text of texts) {
      const stored = await store(user, text);
      expect(stored, text).not.toHaveProperty('merged');
      expect(stored, text).not.toHaveProperty('links');
    }
  });

  test('links what may not be merged: another conversation, other metadata, the same batch', async () => {
    const user = await choosing('merge');
    const first = await store(user, berlin, { session_id: 's', metadata: { source: 'a' } });
    for (const request of [{ session_id: 't' }, { session_id: 's', metadata: { source: 'b' } }]) {
      const other = await store(user, more, request);
      expect(other).not.toHaveProperty('merged');
      expect(other.links).toContainEqual(
        expect.objectContaining({ id: first.id, relation: 'near' }),
      );
    }
    const [one, two] = await node.memories.storeBatch(user, [
      parse('The deploy key of the image cache expires in May.'),
      parse('Note: the deploy key of the image cache expires in May.'),
    ]);
    expect(two).not.toHaveProperty('merged');
    expect(two!.links).toMatchObject([{ id: one!.id, relation: 'near' }]);
  });

  test('keeps apart what other speakers, agents and tenants say', async () => {
    const user = await choosing('merge');
    await store(user, berlin, { speaker: 'Ann', agent_id: 'a' });
    await store(await choosing('merge'), berlin);
    for (const request of [{ speaker: 'Ben', agent_id: 'a' }, { agent_id: 'b' }, {}])
      for (const text of [more, munich]) {
        const stored = await store(user, text, request);
        expect(stored.links ?? []).not.toContainEqual(
          expect.objectContaining({ relation: 'near' }),
        );
        expect(stored).not.toHaveProperty('merged');
      }
    expect(await store(await choosing('merge'), more)).not.toHaveProperty('links');
  });

  test('forgets links with the memory, and with what it said', async () => {
    const user = await choosing('link');
    const [first, second, third] = [
      await store(user, berlin),
      await store(user, more),
      await store(user, munich),
    ];
    expect((await get(user, first)).links).toHaveLength(2);
    await node.memories.forget(user, third.id as MemoryId);
    expect((await get(user, first)).links).toHaveLength(1);
    await node.memories.patch(user, second.id as MemoryId, { content: 'Something else.' });
    expect((await get(user, first)).links).toEqual([]);
  });

  test('hides a link with a memory that another agent has by now', async () => {
    const user = await choosing('link');
    const first = await store(user, berlin, { agent_id: 'a' });
    const second = await store(user, munich, { agent_id: 'a' });
    await node.memories.patch(user, second.id as MemoryId, { agent_id: 'b' });
    expect((await get(user, first)).links).toEqual([]);
    expect((await get(user, second)).links).toEqual([]);
  });

  test('tells an echo: what was just recalled is no new evidence, however often it is stored', async () => {
    for (const choice of ['link', 'merge'] as const) {
      const user = await choosing(choice);
      const first = await store(user, berlin, { importance: 0.3, session_id: 's' });
      const other = openNode(db.database, { clock });
      const recalled = async (at: TestNode): Promise<string> =>
        (await at.memories.recall(user, RecallQuery.parse({ q: 'Where does Mina live?' })))[0]!
          .content;
      // Not written yet: this node knows it by itself.
      const echo = await store(user, await recalled(node), { importance: 0.9 });
      expect(echo).toMatchObject({ id: first.id, merged: true, echo: true });
      nowMs += echoSeconds * 1_000 + 1;
      const later = await store(user, berlin, { importance: 0.3 });
      expect(later).toMatchObject({ id: first.id, merged: true });
      expect(later).not.toHaveProperty('echo');
      // By way of another node, in other words that say no more.
      await recalled(other);
      await other.memories.flush();
      expect(await store(user, 'Mina lives in Berlin, with two cats!')).toMatchObject({
        id: first.id,
        merged: true,
        echo: true,
      });
      expect((await get(user, first)).memory.importance).toBe(0.3);
      expect(await timesStored(user)).toEqual([2]);
      await other.index.close();
    }
  });

  test('costs whoever did not choose it one round trip, and others a few', async () => {
    const plain = await seedUser(db);
    await store(plain, berlin);
    await node.index.idle();
    database.reset();
    await store(plain, more);
    expect(database.trips).toBe(1);
    const user = await choosing('link');
    await store(user, berlin);
    await node.index.idle();
    database.reset();
    await store(user, munich);
    expect(database.trips).toBeLessThanOrEqual(8);
  });

  test('is repeated by an idempotent store word for word', async () => {
    const user = await choosing('link');
    await store(user, berlin);
    const idempotency = { key: 'k', scope: 'POST store', fingerprint: 'f' };
    const first = await node.memories.store(user, parse(munich), idempotency);
    expect(first.links).toHaveLength(1);
    expect(await node.memories.store(user, parse(munich), idempotency)).toEqual(first);
  });
});
