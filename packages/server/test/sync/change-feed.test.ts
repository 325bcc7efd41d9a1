import { randomBytes, randomUUID } from 'node:crypto';
import { StoreRequest } from '@stellar-memory/protocol';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MemoryId, memoryId, type UserId } from '../../src/domain/ids.js';
import { decodeSyncCursor, type SyncCursor } from '../../src/domain/sync-cursor.js';
import { type ChangeFeed, createChangeFeed, type FeedPage } from '../../src/memory/change-feed.js';
import { deleteMemory } from '../../src/storage/statements/memories.js';
import { mutation } from '../memory/mutations/sending.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode, type TestNode } from '../support/memory-service.js';
import { planOf } from '../support/plan-of.js';
import { verifies } from '../support/verifies.js';
import { Replica } from './replica.js';

const note = (content: string) => StoreRequest.parse({ content });

describeEngines('the change feed', (engine) => {
  verifies('F5');
  let db: TestDatabase;
  let node: TestNode;
  let feed: ChangeFeed;
  let user: UserId;
  beforeAll(async () => {
    db = await engine.open();
    node = openNode(db.database);
    feed = createChangeFeed({ tenants: db.tenants });
  });
  afterAll(() => db.close());
  beforeEach(async () => {
    user = await seedUser(db);
  });

  const store = async (content: string): Promise<MemoryId> =>
    memoryId((await node.memories.store(user, note(content))).id);

  /** Everything after the cursor. */
  const readAll = async (cursor?: SyncCursor, limit = 100): Promise<FeedPage[]> => {
    const pages = [await feed.read(user, cursor, limit)];
    while (pages.at(-1)!.more) pages.push(await feed.read(user, pages.at(-1)!.cursor, limit));
    return pages;
  };
  const start = async (): Promise<SyncCursor> => (await readAll()).at(-1)!.cursor;

  test('says who made a change, as far as he said so', async () => {
    const cursor = await start();
    const mid = 'the-only-one';
    const id = await store('nobody said who');
    await node.memories.store(user, StoreRequest.parse({ content: 'of ann', agent_id: 'ann' }));
    await node.memories.storeBatch(user, [
      StoreRequest.parse({ content: 'of bob', agent_id: 'bob' }),
      StoreRequest.parse({ content: 'of ann', agent_id: 'ann' }),
    ]);
    await node.memories.patch(user, id, { agent_id: 'ann' });
    await node.memories.patch(user, id, { pinned: true }, { agentId: 'ann' });
    await node.memories.mutate(user, [
      mutation([{ op: 'edit', id, set: { content: 'of dan' } }], { mid, agent: 'dan' }),
    ]);
    await node.memories.mutate(user, [
      mutation([{ op: 'store', memory: { content: 'of eve', agent_id: 'ann' } }], { agent: 'eve' }),
      mutation([{ op: 'edit', id, set: { pinned: false } }], { agent: 'dan' }),
      mutation([{ op: 'edit', id: randomUUID(), set: { pinned: true } }], { agent: 'fay' }),
    ]);
    await node.memories.forget(user, id, undefined, { agentId: 'ann' });
    const events = (await readAll(cursor)).flatMap((page) => page.events);
    expect(events.map(({ by, mut }) => [by, mut])).toEqual([
      [undefined, undefined],
      [['ann'], undefined],
      [['ann', 'bob'], undefined],
      [undefined, undefined],
      [['ann'], undefined],
      [['dan'], mid],
      [['dan', 'eve'], undefined],
      [['ann'], undefined],
    ]);
  });

  test('names ten of many makers, and none of a neighbour’s', async () => {
    const cursor = await start();
    const neighbour = await seedUser(db);
    const many = Array.from({ length: 12 }, (_, n) =>
      StoreRequest.parse({ content: 'x', agent_id: `agent ${String(n).padStart(2, '0')}` }),
    );
    await Promise.all([
      node.memories.storeBatch(user, many),
      node.memories.store(neighbour, StoreRequest.parse({ content: 'y', agent_id: 'stranger' })),
    ]);
    const [page] = await readAll(cursor);
    expect(page?.events.map(({ by }) => by)).toEqual([
      many.slice(0, 10).map((memory) => memory.agent_id),
    ]);
  });

  test('tells every way of writing as one change a transaction, numbered without gaps', async () => {
    const cursor = await start();
    const id = await store('one');
    await node.memories.storeBatch(user, [note('two'), note('three')]);
    await node.memories.patch(user, id, { content: 'one, edited' });
    await node.memories.patch(user, id, { pinned: true });
    await node.memories.forget(user, id);
    const [page] = await readAll(cursor);
    expect(page).toMatchObject({ mode: 'delta', head: 5, more: false });
    expect(page?.events.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
    ]);
    const shapes = page?.events.map(({ ops }) => ops.map(({ op }) => op));
    // What is forgotten since shows nowhere, not in the changes before either.
    expect(shapes).toEqual([[], ['put', 'put'], [], [], ['forget']]);
  });

  test('records raw SQL of the app role as well, and the owner’s', async () => {
    const cursor = await start();
    const id = await store('one');
    await db.asApp(`update memories set pinned = true where user_id = '${user}'`, user);
    await db.owner.exec(`delete from memories where user_id = '${user}'`);
    const replica = new Replica();
    for (const page of await readAll(cursor)) replica.apply(page);
    expect(replica.head).toBe(3);
    expect(replica.ids).toEqual([]);
    const tombstones = await db.owner.query('select memory_id from tombstones where user_id = $1', [
      user,
    ]);
    expect(tombstones).toEqual([{ memory_id: id }]);
  });

  test('counts several statements of one transaction as one change', async () => {
    const first = await store('one');
    const second = await store('two');
    const cursor = await start();
    await db.tenants.withTenant(user, async (tx) => {
      await deleteMemory(tx, first);
      await deleteMemory(tx, second);
    });
    const [page] = await readAll(cursor);
    expect(page?.events).toHaveLength(1);
    expect(page?.events[0]?.ops).toHaveLength(2);
  });

  test('holds no content: forgetting leaves nothing to scrub', async () => {
    const canary = `canary${randomBytes(8).toString('hex')}`;
    const id = await store(canary);
    await node.memories.forget(user, id);
    for (const table of ['changes', 'tombstones', 'tenant_sync'])
      expect(JSON.stringify(await db.owner.query(`select * from ${table}`))).not.toContain(canary);
  });

  test('leaves nothing behind of a transaction that was rolled back', async () => {
    const id = await store('one');
    const cursor = await start();
    await expect(
      db.tenants.withTenant(user, async (tx) => {
        await deleteMemory(tx, id);
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    await store('two');
    const [page] = await readAll(cursor);
    expect(page?.events.map(({ from, to }) => [from, to])).toEqual([[1, 2]]);
  });

  test('pages through everything there is, and loses nothing that changes meanwhile', async () => {
    const ids = [];
    for (let number = 0; number < 7; number += 1) ids.push(await store(`note ${number}`));
    const replica = new Replica();
    let page = await feed.read(user, undefined, 3);
    replica.apply(page);
    // Before and behind where the snapshot is.
    await node.memories.forget(user, ids[0]!);
    await node.memories.forget(user, ids[6]!);
    await node.memories.patch(user, ids[1]!, { content: 'edited' });
    const late = await store('late');
    while (page.more) {
      page = await feed.read(user, page.cursor, 3);
      replica.apply(page);
    }
    expect(replica.ids).toEqual([...ids.slice(1, 6), late].toSorted());
    expect(replica.contentOf(ids[1]!)).toBe('edited');
    expect(replica.head).toBe(11);
  });

  test('gives racing writers numbers in the order of their commits, none twice and none missing', async () => {
    const cursor = await start();
    const nodes = [openNode(db.database), openNode(db.database), openNode(db.database)];
    const writes = Array.from({ length: 60 }, (_, number) =>
      nodes[number % 3]!.memories.storeBatch(user, [note(`note ${number}`)]),
    );
    const replica = new Replica();
    let place = cursor;
    let done = false;
    const all = Promise.all(writes).then(() => {
      done = true;
    });
    // Reading all the while: a change that became visible late would leave a gap, which the replica refuses.
    for (;;) {
      const last = done;
      const page = await feed.read(user, place, 10);
      replica.apply(page);
      place = page.cursor;
      if (last && !page.more) break;
    }
    await all;
    expect(replica.ids).toHaveLength(60);
    expect(replica.head).toBe(60);
  });

  test('begins anew for a reader who is behind the log, ahead of it or of another history', async () => {
    const before = await start();
    for (let number = 0; number < 5; number += 1) await store(`note ${number}`);
    const now = (await readAll(before)).at(-1)!.cursor;
    const modeAt = async (cursor: SyncCursor) => (await feed.read(user, cursor, 100)).mode;
    expect(await modeAt(now)).toBe('delta');
    expect(await modeAt({ ...now, seq: 3 })).toBe('reset');
    expect(await modeAt({ ...now, seq: 6 })).toBe('reset');
    expect(await modeAt({ ...now, epoch: 'ffffffff' })).toBe('reset');
    expect(await modeAt({ ...now, chain: '0123456789abcdef' })).toBe('reset');
    await db.owner.exec(`delete from changes where user_id = '${user}' and seq <= 2`);
    await db.owner.exec(`update tenant_sync set floor = 2 where user_id = '${user}'`);
    expect(await modeAt(before)).toBe('reset');
  });

  test('tells a database that was set back and went on from the one that the reader knows', async () => {
    await store('one');
    const kept = (await readAll()).at(-1)!.cursor;
    const [state] = await db.owner.query<{ head: number; chain: string }>(
      'select head, chain from tenant_sync where user_id = $1',
      [user],
    );
    await store('lost by the restore');
    const cursor = (await readAll(kept)).at(-1)!.cursor;
    await db.owner.exec(`delete from changes where user_id = '${user}' and seq > ${state!.head}`);
    await db.owner.exec(
      `update tenant_sync set head = ${state!.head}, chain = '${state!.chain}' where user_id = '${user}'`,
    );
    await store('another history');
    expect((await feed.read(user, cursor, 100)).mode).toBe('reset');
    expect((await feed.read(user, kept, 100)).mode).toBe('delta');
  });

  test('tells a reader who was catching up when the database was set back', async () => {
    const begin = await start();
    const id = await store('as it was');
    for (let number = 2; number <= 4; number += 1) await store(`note ${number}`);
    const [kept] = await db.owner.query<{ head: number; chain: string }>(
      'select head, chain from tenant_sync where user_id = $1',
      [user],
    );
    await node.memories.patch(user, id, { content: 'as it never was' });
    // He is at the third change and holds a memory as the fifth made it.
    const behind = await feed.read(user, begin, 2);
    expect(behind).toMatchObject({ mode: 'delta', cursor: { seq: 3, shown: { seq: 5 } } });
    expect(decodeSyncCursor(behind.events.at(-1)!.cursor)).toEqual(behind.cursor);
    expect((await feed.read(user, behind.cursor, 2)).mode).toBe('delta');
    await db.owner.exec(`delete from changes where user_id = '${user}' and seq > ${kept!.head}`);
    await db.owner.exec(
      `update tenant_sync set head = ${kept!.head}, chain = '${kept!.chain}' where user_id = '${user}'`,
    );
    expect((await feed.read(user, behind.cursor, 2)).mode).toBe('reset');
    await store('another fifth');
    await store('and a sixth');
    expect((await feed.read(user, behind.cursor, 2)).mode).toBe('reset');
  });

  test('has a chain that can be checked: each is made of the one before, the number and the time', async () => {
    for (let number = 0; number < 4; number += 1) await store(`note ${number}`);
    const [{ broken } = { broken: -1 }] = await db.owner.query<{ broken: number }>(
      `select count(*)::int as broken from (
         select chain, substr(md5(lag(chain, 1, '') over (order by seq) || seq || extract(epoch from at)), 1, 16) as made
           from changes where user_id = $1) links
        where chain <> made`,
      [user],
    );
    expect(broken).toBe(0);
  });

  test('sends readers to a snapshot instead of logging a change of thousands', async () => {
    const cursor = await start();
    await db.owner.exec(`
      insert into memories (user_id, id, doc, content, metadata, arbitrary_importance, zone, total_score,
                            recall_count, created_at, last_recalled_at, updated_at)
      select '${user}', 'bulk-' || n, 100 + n, 'bulk', '{}', 0.5, 2, 0.4, 0, 1, 1, 1 from generate_series(1, 1001) n`);
    const pages = await readAll(cursor);
    expect(pages[0]?.mode).toBe('reset');
    const replica = new Replica();
    for (const page of pages) replica.apply(page);
    expect(replica.ids).toHaveLength(1_001);
    const after = pages.at(-1)!.cursor;
    await store('one more');
    expect((await feed.read(user, after, 100)).mode).toBe('delta');
  });

  test('drops what is older than its retention while it is written to, and says so', async () => {
    for (let number = 0; number < 3; number += 1) await store(`note ${number}`);
    const old = await start();
    await db.owner.exec(
      `update changes set at = at - interval '31 days' where user_id = '${user}'`,
    );
    for (let number = 3; number < 64; number += 1) await store(`note ${number}`);
    const rows = await db.owner.query<{ seq: number }>(
      'select seq::int as seq from changes where user_id = $1 order by seq limit 1',
      [user],
    );
    expect(rows).toEqual([{ seq: 4 }]);
    expect(await feed.state(user)).toMatchObject({ head: 64, floor: 3 });
    expect((await feed.read(user, old, 100)).mode).toBe('reset');
  });

  test('is each tenant’s own: another’s cursor opens nothing', async () => {
    verifies('FR-09');
    const canary = `canary${randomBytes(8).toString('hex')}`;
    await store(canary);
    const theirs = await start();
    const other = await seedUser(db);
    await node.memories.store(other, note('mine'));
    for (const cursor of [undefined, theirs, { ...theirs, seq: 0, chain: '' }]) {
      const page = await feed.read(other, cursor, 100);
      expect(JSON.stringify(page)).not.toContain(canary);
      expect(page.memories.map(({ content }) => content)).toEqual(['mine']);
    }
    expect((await feed.state(other)).head).toBe(1);
  });

  test('is read by its keys, whatever the log and the tenant have', async () => {
    await db.owner.query(
      `insert into memories (user_id, id, doc, content, zone, created_at, last_recalled_at, updated_at)
       select $1::uuid, 'm' || n, n, 'one of many', 2, 0, 0, 0 from generate_series(1, 3000) n`,
      [user],
    );
    for (let n = 0; n < 300; n += 1)
      await db.owner.query(
        `update memories set content = 'edited' where user_id = $1::uuid and id = $2`,
        [user, `m${n + 1}`],
      );
    await db.owner.exec('analyze memories; analyze changes; analyze tenant_sync');
    const [{ prosrc } = { prosrc: '' }] = await db.owner.query<{ prosrc: string }>(
      `select prosrc from pg_proc where proname = 'feed_page'`,
    );
    const values = [user, 297, 298, 26, 200];
    const text = ['owner', 'from_seq', 'shown_seq', 'most_changes', 'most_memories'].reduce(
      (body, name, at) => body.replaceAll(name, `$${at + 1}::${at === 0 ? 'uuid' : 'bigint'}`),
      /return query\s+(select[^;]+);/.exec(prosrc)![1]!,
    );
    // Small tables are read whole if they may be; what counts is that row security leaves the keys usable.
    const plan = await planOf(db, user, async (tx) => {
      await tx.query({ text: `select set_config('enable_seqscan', 'off', true)`, values: [] });
      await tx.query({ text, values });
    });
    const byKey = {
      tenant_sync: '',
      changes: 'seq >=',
      memories: 'id =',
      memory_recalls: 'memory_id =',
    };
    for (const [table, rest] of Object.entries(byKey))
      expect(plan).toMatch(
        new RegExp(
          `Scan (using|on) ${table}_pkey[^\\n]*\\n\\s*Index Cond: [^\\n]*user_id = [^\\n]*${rest}`,
        ),
      );
    expect(plan).not.toMatch(/Seq Scan/);
  });

  test('names of one page as many memories as fit, and all of a change that has more', async () => {
    const cursor = await start();
    const batch = (count: number) => Array.from({ length: count }, (_, n) => note(`number ${n}`));
    for (const count of [90, 90, 90, 250, 1]) await node.memories.storeBatch(user, batch(count));
    const pages: number[][] = [];
    for (let place = cursor, more = true; more; ) {
      const page = await feed.read(user, place, 25);
      pages.push(page.events.map(({ ops }) => ops.length));
      ({ cursor: place, more } = page);
    }
    expect(pages).toEqual([[90, 90], [90], [250], [1]]);
  });
});
