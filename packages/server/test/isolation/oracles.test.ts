import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserId } from '../../src/domain/ids.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { outcome } from '../support/sql-state.js';
import { verifies } from '../support/verifies.js';

const insertMemory = (user: string, id: string, doc: number): string =>
  `insert into memories (user_id, id, doc, content, zone, created_at, last_recalled_at, updated_at)
   values ('${user}', '${id}', ${doc}, 'text', 2, 0, 0, 0)`;

describeEngines('what exists elsewhere cannot be found out', (engine) => {
  verifies('NFR-isolation');
  let db: TestDatabase;
  let alice: UserId;
  let bob: UserId;

  beforeAll(async () => {
    db = await engine.open();
    alice = await seedUser(db);
    bob = await seedUser(db);
    await db.owner.exec(insertMemory(alice, 'known', 1));
  });
  afterAll(() => db.close());

  test('an id and a document number that another tenant uses are free for this one', async () => {
    expect(await outcome(db.asApp(insertMemory(bob, 'known', 1), bob))).toBe('accepted');
    expect(await outcome(db.asApp(insertMemory(bob, 'unknown', 2), bob))).toBe('accepted');
  });

  test('a foreign key to another tenant’s memory fails as one to no memory does', async () => {
    const recall = (id: string) =>
      outcome(
        db.asApp(
          `insert into memory_recalls (user_id, memory_id, recall_count, last_recalled_at)
           values ('${bob}', '${id}', 1, 0)`,
          bob,
        ),
      );
    await db.owner.exec(insertMemory(alice, 'only with alice', 3));
    expect(await recall('only with alice')).toBe(await recall('with nobody'));
  });

  test('a memory cannot be hung onto another account, whether that account exists or not', async () => {
    const nobody = '018f0000-0000-7000-8000-00000000dead';
    expect(await outcome(db.asApp(insertMemory(alice, 'x', 9), bob))).toBe(
      await outcome(db.asApp(insertMemory(nobody, 'x', 9), bob)),
    );
  });

  test('an error names no value of a row', async () => {
    await db.owner.exec(insertMemory(bob, 'twice', 5));
    await expect(db.asApp(insertMemory(bob, 'twice', 6), bob)).rejects.toThrow(/^(?!.*twice)/);
  });
});
