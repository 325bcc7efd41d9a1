import { setImmediate as endOfTurn } from 'node:timers/promises';
import { StoreRequest } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserId } from '../../src/domain/ids.js';
import { SharedReads } from '../../src/memory/shared-reads.js';
import type { TenantDoor } from '../../src/storage/tenant-door.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode } from '../support/memory-service.js';

describeEngines('reads that recalls share', (engine) => {
  let db: TestDatabase;
  let user: UserId;
  const docs = Array.from({ length: 10 }, (_, at) => at);

  beforeAll(async () => {
    db = await engine.open();
    user = await seedUser(db);
    const { memories, index } = openNode(db.database);
    const request = StoreRequest.parse({ content: 'The harbour.' });
    await memories.storeBatch(
      user,
      docs.map(() => request),
    );
    await index.close();
  });
  afterAll(() => db.close());

  /** A door that lets nobody in before it is opened. */
  function barred(): { door: TenantDoor; open: () => void; readonly knocks: number } {
    let knocks = 0;
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const door: TenantDoor = {
      async withTenant(...call) {
        knocks += 1;
        await opened;
        return db.tenants.withTenant(...call);
      },
    };
    return {
      door,
      open: () => open(),
      get knocks() {
        return knocks;
      },
    };
  }

  test('are four at most of a tenant, and what comes meanwhile shares the fifth', async () => {
    const gate = barred();
    const reads = new SharedReads(gate.door);
    const head = await headOf();
    const asked: Promise<ReadonlyMap<number, unknown>>[] = [];
    for (const doc of docs) {
      asked.push(reads.read(user, [doc], head));
      await endOfTurn();
    }
    expect(gate.knocks).toBe(4);
    gate.open();
    const answers = await Promise.all(asked);
    expect(answers.map((found, at) => found.has(docs[at]!))).toEqual(docs.map(() => true));
    expect(answers.map((found) => found.size)).toEqual([1, 1, 1, 1, 6, 6, 6, 6, 6, 6]);
    expect(gate.knocks).toBe(5);
  });

  test('that fail tell all who share them, and the next are not held up by them', async () => {
    const refusing: TenantDoor = { withTenant: () => Promise.reject(new Error('no database')) };
    const reads = new SharedReads(refusing);
    const head = await headOf();
    for (let round = 0; round < 3; round += 1) {
      const asked = docs.map((doc) => reads.read(user, [doc], head));
      const ends = await Promise.allSettled(asked);
      expect(ends.map(({ status }) => status)).toEqual(docs.map(() => 'rejected'));
    }
  });

  const headOf = async (): Promise<{ version: number; generation: number }> => {
    const [row] = await db.owner.query<{ version: number; generation: number }>(
      'select version::int, index_generation::int as generation from tenant_usage where user_id = $1::uuid',
      [user],
    );
    return row!;
  };
});
