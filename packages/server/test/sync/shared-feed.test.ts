import { StoreRequest } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserId } from '../../src/domain/ids.js';
import { type ChangeFeed, createChangeFeed } from '../../src/memory/change-feed.js';
import { shareFeed } from '../../src/memory/shared-feed.js';
import { createTenantDoor } from '../../src/storage/tenant-door.js';
import { type CountingDatabase, counting } from '../support/counting-database.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode, type TestNode } from '../support/memory-service.js';

describeEngines('readers of one feed', (engine) => {
  let db: TestDatabase;
  let database: CountingDatabase;
  let node: TestNode;
  let feed: ChangeFeed;
  let user: UserId;
  beforeAll(async () => {
    db = await engine.open();
    database = counting(db.database);
    node = openNode(db.database);
    feed = shareFeed(createChangeFeed({ tenants: createTenantDoor(database) }));
    user = await seedUser(db);
    await node.memories.store(user, StoreRequest.parse({ content: 'one' }));
  });
  afterAll(async () => {
    await node.index.idle();
    await db.close();
  });

  test('who are at one place share a read, and nobody else does', async () => {
    const stranger = await seedUser(db);
    const { cursor } = await feed.read(user, undefined, 10);
    database.reset();
    const alone = await feed.read(user, cursor, 10);
    const tripsOfOne = database.trips;
    database.reset();
    const pages = await Promise.all(Array.from({ length: 20 }, () => feed.read(user, cursor, 10)));
    expect(database.trips).toBe(tripsOfOne);
    expect(pages).toEqual(pages.map(() => alone));
    const [own, his, other] = await Promise.all([
      feed.read(user, cursor, 10),
      feed.read(stranger, cursor, 10),
      feed.read(user, undefined, 10),
    ]);
    expect(own.mode).toBe('delta');
    expect(his).toMatchObject({ mode: 'reset', memories: [] });
    expect(other).toMatchObject({ mode: 'snapshot', memories: [{ content: 'one' }] });
  });

  test('never get a read that began before they asked', async () => {
    const { cursor } = await feed.read(user, undefined, 10);
    const earlier = feed.read(user, cursor, 10);
    await node.memories.store(user, StoreRequest.parse({ content: 'two' }));
    const later = await feed.read(user, cursor, 10);
    expect(later.events).toHaveLength(1);
    expect((await earlier).head).toBeLessThanOrEqual(later.head);
  });

  test('are all told when it fails, and the next read is another', async () => {
    const failing = shareFeed({
      state: () => Promise.reject(new Error('not asked')),
      read: () => Promise.reject(new Error('no database')),
    });
    const settled = await Promise.allSettled([
      failing.read(user, undefined, 1),
      failing.read(user, undefined, 1),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(failing.read(user, undefined, 1)).rejects.toThrow('no database');
  });
});
