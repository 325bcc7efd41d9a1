import { randomUUID } from 'node:crypto';
import { StoreRequest } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserId } from '../../../src/domain/ids.js';
import { asAgent } from '../../../src/memory/as-agent.js';
import { describeEngines, seedUser, type TestDatabase } from '../../support/engines.js';
import { openNode, type TestNode } from '../../support/memory-service.js';
import { mutation, send } from './sending.js';

describeEngines('mutations and limits', (engine) => {
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

  const store = (content: string, more: object = {}) => ({
    op: 'store',
    id: randomUUID(),
    memory: { content, ...more },
  });
  const total = async (user: UserId) => (await node.memories.stats(user)).total_memories;

  test('a full store refuses what does not fit, and nothing else', async () => {
    const user = await seedUser(db, { memoryLimit: 2 });
    const [first, second, third] = ['one', 'two', 'three'].map((content) => store(content));
    const results = await send(node.memories, user, [
      first!,
      second!,
      third!,
      { op: 'edit', id: first!.id, set: { pinned: true } },
      { op: 'forget', id: second!.id },
      store('four'),
      store('five'),
    ]);
    expect(results.map(({ result }) => result)).toEqual([
      'applied',
      'applied',
      'rejected',
      'applied',
      'applied',
      'applied',
      'rejected',
    ]);
    expect(results[2]!.error).toMatchObject({ code: 'quota_exceeded', limit: 2, used: 2 });
    expect(await total(user)).toBe(2);
  });

  test('racing nodes admit exactly what there is room for', async () => {
    const user = await seedUser(db, { memoryLimit: 30 });
    const nodes = [openNode(db.database), openNode(db.database)];
    const acks = await Promise.all(
      Array.from({ length: 25 }, (_, n) =>
        nodes[n % 2]!.memories.mutate(user, [
          mutation([store(`a ${n}`)]),
          mutation([store(`b ${n}`)]),
        ]),
      ),
    );
    const results = acks.flatMap((answer) => answer.acks.flatMap((ack) => ack.results));
    expect(results.filter(({ result }) => result === 'applied')).toHaveLength(30);
    expect(results.filter(({ error }) => error?.code === 'quota_exceeded')).toHaveLength(20);
    expect(await total(user)).toBe(30);
    await Promise.all(nodes.map(({ index }) => index.idle()));
  });

  test('agents are counted in the order of the operations', async () => {
    const user = await seedUser(db, { agentLimit: 2 });
    const a = store('by a', { agent_id: 'a' });
    const b = store('by b', { agent_id: 'b' });
    const results = await send(node.memories, user, [
      a,
      b,
      store('by c', { agent_id: 'c' }),
      { op: 'edit', id: b.id, set: { agent_id: 'd' } },
      { op: 'forget', id: a.id },
      store('by c again', { agent_id: 'c' }),
      store('by e', { agent_id: 'e' }),
    ]);
    expect(results.map(({ result }) => result)).toEqual([
      'applied',
      'applied',
      'rejected',
      'applied',
      'applied',
      'applied',
      'rejected',
    ]);
    const counted = await db.owner.query(
      'select agent_id, memories::int from agents where user_id = $1 order by agent_id',
      [user],
    );
    expect(counted).toEqual([
      { agent_id: 'c', memories: 1 },
      { agent_id: 'd', memories: 1 },
    ]);
  });

  test('the counters stay right through every kind of operation', async () => {
    const user = await seedUser(db);
    const kept = store('kept', { importance: 1, agent_id: 'a' });
    const edited = store('edited', { importance: 0.1, agent_id: 'a' });
    await node.memories.mutate(user, [mutation([kept, edited])]);
    await send(node.memories, user, [
      { op: 'edit', id: edited.id, set: { importance: 1, agent_id: 'b' } },
      store('new'),
      { op: 'forget', id: kept.id },
    ]);
    const [row] = await db.owner.query<Record<string, unknown>>(
      `select zone_0 + zone_1 + zone_2 + zone_3 + zone_4 = (select count(*) from memories m where m.user_id = u.user_id) as total,
              zone_1 = (select count(*) from memories m where m.user_id = u.user_id and zone = 1) as inner,
              next_doc > (select max(doc) from memories m where m.user_id = u.user_id) as docs,
              agents = (select count(distinct agent_id) from memories m where m.user_id = u.user_id) as agents
         from tenant_usage u where user_id = $1`,
      [user],
    );
    expect(row).toEqual({ total: true, inner: true, docs: true, agents: true });
  });

  test('a key that is bound to an agent reaches its own memories only', async () => {
    const user = await seedUser(db);
    const mine = asAgent(node.memories, 'mine');
    const other = (
      await node.memories.store(
        user,
        StoreRequest.parse({ content: 'of another', agent_id: 'other' }),
      )
    ).id;
    const own = store('my own');
    const results = await send(mine, user, [
      own,
      store('for another', { agent_id: 'other' }),
      { op: 'edit', id: other, set: { content: 'stolen' } },
      { op: 'recalled', id: other },
      { op: 'forget', id: other },
      { op: 'edit', id: own.id, set: { agent_id: null } },
      { op: 'edit', id: own.id, set: { content: 'mine, edited' } },
    ]);
    expect(results.map(({ result, error }) => error?.code ?? result)).toEqual([
      'applied',
      'agent_not_allowed',
      'not_found',
      'not_found',
      'not_found',
      'agent_not_allowed',
      'applied',
    ]);
    const as = await send(mine, user, [{ op: 'forget', id: own.id }], { agent: 'other' });
    expect(as[0]!.error?.code).toBe('agent_not_allowed');
    expect((await node.memories.get(user, own.id as never)).memory).toMatchObject({
      agent_id: 'mine',
      content: 'mine, edited',
    });
  });
});
