import { StoreRequest } from '@stellar-memory/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { memoryId, type UserId } from '../../../src/domain/ids.js';
import { createChangeFeed } from '../../../src/memory/change-feed.js';
import { migrateDown, migrateUp } from '../../../src/storage/migrate/migrate.js';
import { loadMigrations } from '../../../src/storage/migrate/migration-files.js';
import { describeEngines, seedUser, type TestDatabase } from '../../support/engines.js';
import { openNode, type TestNode } from '../../support/memory-service.js';

/** Down to before the migration of this name, and up again. */
async function thereAndBack({ owner }: TestDatabase, name: string): Promise<void> {
  const { version } = (await loadMigrations()).find((migration) => migration.name.endsWith(name))!;
  await migrateDown(owner, { to: version - 1 });
  await migrateUp(owner);
}

describeEngines('the way back from live sync', (engine) => {
  let db: TestDatabase;
  let node: TestNode;
  let user: UserId;
  beforeEach(async () => {
    db = await engine.open();
    node = openNode(db.database);
    user = await seedUser(db);
    await node.memories.store(user, StoreRequest.parse({ content: 'stays', agent_id: 'ann' }));
    const gone = await node.memories.store(user, StoreRequest.parse({ content: 'goes' }));
    await node.memories.forget(user, memoryId(gone.id));
    await node.index.idle();
    await db.owner.query(
      `insert into agent_leases (user_id, agent_id, session, expires_at)
       values ($1::uuid, 'ann', gen_random_uuid(), now() + interval '1 minute')`,
      [user],
    );
    await db.owner.query(
      `insert into sync_tickets (user_id, ticket_hash, session_id, origin, expires_at)
       values ($1::uuid, 'hash', gen_random_uuid(), 'https://app.example.com', now())`,
      [user],
    );
  });
  afterEach(() => db.close());

  const rows = (table: string) => db.owner.query(`select * from ${table}`);
  const read = (cursor?: Parameters<ReturnType<typeof createChangeFeed>['read']>[1]) =>
    createChangeFeed({ tenants: db.tenants }).read(user, cursor, 100);

  test('from the feed keeps memories; who followed begins anew, and what comes is recorded', async () => {
    const before = await read();
    const kept = () => db.owner.query('select id, doc, content from memories order by id');
    const memories = await kept();
    expect(before).toMatchObject({ head: 3, memories: [{ content: 'stays' }] });
    await thereAndBack(db, '_changes');
    expect(await kept()).toEqual(memories);
    for (const table of ['changes', 'tombstones', 'tenant_sync', 'agent_leases', 'sync_tickets'])
      expect(await rows(table)).toEqual([]);
    await node.memories.store(user, StoreRequest.parse({ content: 'comes' }));
    const after = await read(before.cursor);
    expect(after.mode).toBe('reset');
    expect(after.memories.map(({ content }) => content).toSorted()).toEqual(['comes', 'stays']);
    expect(await read(after.cursor)).toMatchObject({ mode: 'delta', head: 1, events: [] });
  });

  test('from the page of the feed keeps the feed', async () => {
    const before = await read();
    await thereAndBack(db, '_feed_page');
    await node.memories.store(user, StoreRequest.parse({ content: 'comes' }));
    expect(await read(before.cursor)).toMatchObject({
      mode: 'delta',
      events: [{ ops: [{ op: 'put', memory: { content: 'comes' } }] }],
    });
  });

  test('from sockets keeps the feed and ends leases and tickets', async () => {
    const before = await read();
    await thereAndBack(db, '_sockets');
    expect(await rows('agent_leases')).toEqual([]);
    expect(await rows('sync_tickets')).toEqual([]);
    expect(await read(before.cursor)).toMatchObject({ mode: 'delta', head: 3, events: [] });
  });

  test('from who made a change keeps the change', async () => {
    const { epoch } = (await read()).cursor;
    const told = async () =>
      (await read({ epoch, seq: 0, chain: '' })).events.map(({ to, by }) => [to, by]);
    expect(await told()).toEqual([
      [1, ['ann']],
      [2, undefined],
      [3, undefined],
    ]);
    await thereAndBack(db, '_own_writes');
    expect(await told()).toEqual([
      [1, undefined],
      [2, undefined],
      [3, undefined],
    ]);
    await node.memories.store(user, StoreRequest.parse({ content: 'of bob', agent_id: 'bob' }));
    expect((await told()).at(-1)).toEqual([4, ['bob']]);
  });
});
