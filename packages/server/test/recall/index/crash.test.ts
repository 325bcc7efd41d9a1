import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { UserId } from '../../../src/domain/ids.js';
import { defaultMergePolicy } from '../../../src/recall/index/merge-policy.js';
import type { MergeStep } from '../../../src/recall/index/merge-tenant.js';
import { openEmbeddedDatabase } from '../../../src/storage/embedded/embedded-database.js';
import type { OwnerConnection } from '../../../src/storage/migrate/owner-connection.js';
import { createTenantDoor, type TenantDoor } from '../../../src/storage/tenant-door.js';
import { embeddedTemplate } from '../../support/embedded-template.js';
import { describeEngines, seedUser, type TestEngine } from '../../support/engines.js';
import { expectExactSearch, startNode, store, textOf } from './live-index.js';

/** On the embedded engine each costs two starts of it, so those that only read before are left out there. */
const steps: Readonly<Record<TestEngine['name'], readonly MergeStep[]>> = {
  embedded: ['written', 'swapping', 'swapped'],
  postgres: ['claimed', 'read', 'written', 'swapping', 'swapped'],
};
const queries = ['all', 'even third1', 'only3 only17', 'tenth3 odd'];

/** A database that survives the process that has it open. */
interface Place {
  readonly where: string;
  /** Opens it for the length of the work: the embedded engine allows one process at a time. */
  within<Result>(
    work: (tenants: TenantDoor, owner: OwnerConnection) => Promise<Result>,
  ): Promise<Result>;
  discard(): Promise<void>;
}

async function makePlace(engine: TestEngine): Promise<Place> {
  if (engine.name === 'postgres') {
    const db = await engine.open();
    return {
      where: db.appUrl!,
      within: (work) => work(db.tenants, db.owner),
      discard: () => db.close(),
    };
  }
  const where = await mkdtemp(join(tmpdir(), 'stellar-crash-'));
  await cp(await embeddedTemplate(), where, { recursive: true });
  return {
    where,
    async within(work) {
      const database = await openEmbeddedDatabase({ dataDir: where });
      try {
        return await work(createTenantDoor(database), database.openOwner());
      } finally {
        await database.close();
      }
    },
    discard: () => rm(where, { recursive: true }),
  };
}

/** Runs a merge in a process of its own that dies at this step; answers what it said, if it lived. */
async function mergeElsewhere(place: Place, user: UserId, step: string): Promise<string> {
  const script = fileURLToPath(new URL('./crash-child.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--conditions=stellar:source', '--import', 'tsx', script, step, user, place.where],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  child.stdout.on('data', (data: Buffer) => {
    said += data.toString();
  });
  await once(child, 'exit');
  return child.signalCode === null ? said.trim() : `killed by ${child.signalCode}`;
}

describeEngines('a merge', (engine) => {
  test('killed between any two steps loses nothing, indexes nothing twice, and is made up for', async () => {
    const place = await makePlace(engine);
    const user = await place.within(async (tenants, owner) => {
      const id = await seedUser({ owner });
      const node = startNode(tenants, { policy: neverMerge });
      for (let number = 0; number < 30; number++) await store(node, id, textOf(number));
      await node.index.close();
      return id;
    });
    expect(await mergeElsewhere(place, user, 'never')).toBe('merged');
    const checkAndGoOn = (round: number): Promise<void> =>
      place.within(async (tenants, owner) => {
        const node = startNode(tenants, { policy: neverMerge });
        for (const query of queries) await expectExactSearch(tenants, node, user, query);
        for (let number = 0; number < 12; number++)
          await store(node, user, textOf(100 * (round + 1) + number));
        const { items } = await node.memories.list(user, { limit: 100 });
        await node.memories.forget(user, items[round * 7]!.id as never);
        await node.index.close();
        // The claim of the process that died runs out; here it need not be waited for.
        await owner.query(`update index_states set claimed_until = null where user_id = $1`, [
          user,
        ]);
      });
    await checkAndGoOn(0);
    for (const [round, step] of steps[engine.name].entries()) {
      expect(await mergeElsewhere(place, user, step)).toBe('killed by SIGKILL');
      await checkAndGoOn(round + 1);
    }
    expect(await mergeElsewhere(place, user, 'never')).toBe('merged');
    await place.within(async (tenants, owner) => {
      const node = startNode(tenants, { policy: neverMerge });
      for (const query of queries) await expectExactSearch(tenants, node, user, query);
      await expectNothingLeftOver(owner, user);
    });
    await place.discard();
  });

  test('is left to the node that claimed it, until the claim runs out', async () => {
    const place = await makePlace(engine);
    const user = await place.within(async (tenants, owner) => {
      const id = await seedUser({ owner });
      const node = startNode(tenants, { policy: neverMerge });
      for (let number = 0; number < 12; number++) await store(node, id, textOf(number));
      await node.index.close();
      return id;
    });
    expect(await mergeElsewhere(place, user, 'claimed')).toBe('killed by SIGKILL');
    expect(await mergeElsewhere(place, user, 'never')).toBe('claimed elsewhere');
    await place.within((_, owner) =>
      owner.query(
        `update index_states set claimed_until = now() - interval '1 second' where user_id = $1`,
        [user],
      ),
    );
    expect(await mergeElsewhere(place, user, 'never')).toBe('merged');
    await place.discard();
  });
});

const neverMerge = {
  ...defaultMergePolicy,
  recentDocuments: 1_000_000,
  deadDocuments: 1_000_000,
};

/** Every block belongs to a segment, every recent row to a live document that no segment holds. */
async function expectNothingLeftOver(owner: OwnerConnection, user: UserId): Promise<void> {
  const [left] = await owner.query<{ blocks: number; recent: number; dead: number }>(
    `select (select count(*)::int from index_blocks b where b.user_id = s.user_id and not exists (
               select from jsonb_array_elements(s.segments) e
                where (e->>'segment')::bigint = b.block / 67108864)) as blocks,
            (select count(*)::int from index_recent r
              where r.user_id = s.user_id and r.doc < s.merged_until) as recent,
            (select count(*)::int from index_dead d
              where d.user_id = s.user_id and not exists (
                select from jsonb_array_elements(s.segments) e
                 where d.doc >= (e->>'firstDoc')::int and d.doc < (e->>'endDoc')::int)
                and d.doc < s.merged_until) as dead
       from index_states s where s.user_id = $1`,
    [user],
  );
  expect(left).toEqual({ blocks: 0, recent: 0, dead: 0 });
}
