import { StoreRequest } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { purgeSeconds, restorableSeconds } from '../../src/domain/forgetting.js';
import type { MemoryId, UserId } from '../../src/domain/ids.js';
import { eraseForgotten } from '../../src/memory/erase-forgotten.system.js';
import { type PurgeOptions, purgeErased } from '../../src/memory/purge-erased.system.js';
import { mergeTenant } from '../../src/recall/index/merge-tenant.js';
import { selectPurgingTenants } from '../../src/storage/statements/due-tenants.system.js';
import { scanColumns } from '../auth/column-scan.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode, type TestNode } from '../support/memory-service.js';

describeEngines('the index, of what was erased', (engine) => {
  let db: TestDatabase;
  let node: TestNode;
  beforeAll(async () => {
    db = await engine.open();
    node = openNode(db.database);
  });
  afterAll(async () => {
    await node.index.close();
    await db.close();
  });

  // Their stems: terms stand in the blocks as they are compared.
  const words = ['xylophon', 'zeppelin'];
  const erased = 'The xylophone in the zeppelin was out of tune.';
  const clockAfter = (seconds: number) => ({ nowMs: () => Date.now() + seconds * 1_000 });
  const aWeek = restorableSeconds + 1;
  const erase = () => eraseForgotten({ ...doors(), clock: clockAfter(aWeek) });
  const doors = () => ({ system: db.system, tenants: db.tenants, index: node.index });
  const purge = (options: Partial<PurgeOptions> = {}, seconds = aWeek + purgeSeconds + 1) =>
    purgeErased({ ...doors(), clock: clockAfter(seconds), ...options });
  const merge = (user: UserId) =>
    mergeTenant(db.tenants, user, { encode: (source) => node.index.encode(source), flush: true });
  const waiting = async (user: UserId) =>
    (
      await db.owner.query<{ purges_at: number | null }>(
        'select purges_at from tenant_usage where user_id = $1',
        [user],
      )
    )[0]!.purges_at;

  /** A tenant with many memories in segments, one of which is to go. */
  async function tenantWith(
    contents: readonly string[],
  ): Promise<{ user: UserId; ids: MemoryId[] }> {
    const user = await seedUser(db);
    const others = Array.from({ length: 80 }, (_, n) => `Another memory about harbour ${n}.`);
    const stored = await node.memories.storeBatch(
      user,
      [...contents, ...others].map((content) => StoreRequest.parse({ content })),
    );
    await node.index.idle();
    await merge(user);
    return { user, ids: stored.slice(0, contents.length).map(({ id }) => id as MemoryId) };
  }

  test('holds none of its words any more, nor does any other column, and everything else', async () => {
    const { user, ids } = await tenantWith([erased, 'The harbour at night.']);
    await node.memories.patch(user, ids[0]!, { content: `${erased} Indeed.` });
    await node.memories.forget(user, ids[0]!);
    // The scan finds what there is to find: it is not silent by itself.
    expect(await scanColumns(db, words)).toEqual(['forgotten_memories', 'index_blocks']);
    expect(await erase()).toBe(1);
    expect(await scanColumns(db, words)).toEqual(['index_blocks']);
    await purge({}, aWeek);
    expect(await scanColumns(db, words)).toEqual(['index_blocks']);
    await purge();
    expect(await scanColumns(db, words)).toEqual([]);
    expect(await waiting(user)).toBeNull();
    const hits = await node.memories.recall(user, { q: 'harbour at night', limit: 100 });
    expect(hits[0]!.id).toBe(ids[1]);
    expect(hits).toHaveLength(81);
  });

  test('is purged of what was erased at once by its owner too, now or after it was forgotten', async () => {
    const { user, ids } = await tenantWith([erased, `${erased} Again.`]);
    await node.memories.forget(user, ids[0]!, undefined, { permanent: true });
    await node.memories.forget(user, ids[1]!);
    await node.memories.forget(user, ids[1]!, undefined, { permanent: true });
    expect(await scanColumns(db, words)).toEqual(['index_blocks']);
    await purge({}, purgeSeconds + 1);
    expect(await scanColumns(db, words)).toEqual([]);
    expect(await waiting(user)).toBeNull();
  });

  test('goes on where it was cut off, also between a merge and the taking away of old blocks', async () => {
    const { user, ids } = await tenantWith([erased]);
    await node.memories.forget(user, ids[0]!, undefined, { permanent: true });
    await purge({ isStopping: () => true }, purgeSeconds + 1);
    expect(await scanColumns(db, words)).toEqual(['index_blocks']);
    // The swap is done, the old blocks are still there.
    const cutOff = mergeTenant(db.tenants, user, {
      encode: (source) => node.index.encode(source),
      purgeUntil: Number.MAX_SAFE_INTEGER,
      onStep: (step) => {
        if (step === 'swapped') throw new Error('cut off');
      },
    });
    await expect(cutOff).rejects.toThrow('cut off');
    expect(await scanColumns(db, words)).toEqual(['index_blocks']);
    await purge({}, purgeSeconds + 1);
    expect(await scanColumns(db, words)).toEqual([]);
    expect(await waiting(user)).toBeNull();
  });

  test('is left alone where nothing was erased, whatever was forgotten', async () => {
    const { user, ids } = await tenantWith([erased]);
    await node.memories.forget(user, ids[0]!);
    expect(await waiting(user)).toBeNull();
    await purge();
    expect(await scanColumns(db, words)).toEqual(['forgotten_memories', 'index_blocks']);
    await node.memories.forget(user, ids[0]!, undefined, { permanent: true });
    await purge({}, purgeSeconds + 1);
    expect(await scanColumns(db, words)).toEqual([]);
  });

  test('is due again for what is erased while it is purged', async () => {
    const { user, ids } = await tenantWith([erased, `${erased} Again.`]);
    await node.memories.forget(user, ids[0]!, undefined, { permanent: true });
    const index = {
      purge: async (who: UserId, until: number) => {
        const outcome = await node.index.purge(who, until);
        if (outcome === 'done')
          await node.memories.forget(user, ids[1]!, undefined, { permanent: true });
        return outcome;
      },
    };
    await purge({ index }, purgeSeconds + 1);
    expect(await waiting(user)).not.toBeNull();
    expect(await scanColumns(db, words)).toEqual(['index_blocks']);
    await purge({}, 2 * purgeSeconds + 2);
    expect(await scanColumns(db, words)).toEqual([]);
  });

  test('is found by index, whoever else there is', async () => {
    await db.owner.exec(`
      insert into users (id, email, tier) select gen_random_uuid(), 'purge' || n || '@example.com', 'free' from generate_series(1, 2000) n;
      insert into tenant_usage (user_id) select id from users on conflict do nothing;
      analyze tenant_usage`);
    const lines = await db.system.asSystem(async (tx) => {
      const plans: string[] = [];
      const explaining = {
        ...tx,
        query: async (statement: { readonly text: string }) => {
          const rows = await tx.query<{ 'QUERY PLAN': string }>({
            ...statement,
            text: `explain ${statement.text}`,
          } as never);
          plans.push(...rows.map((row) => row['QUERY PLAN']));
          return [];
        },
      };
      await selectPurgingTenants(explaining as typeof tx, { now: 1, after: undefined, limit: 10 });
      return plans;
    });
    expect(lines.join('\n')).toMatch(/Index (Only )?Scan.*tenant_usage_purges_at/);
  });
});
