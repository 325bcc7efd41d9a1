import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserId } from '../../../src/domain/ids.js';
import { sql } from '../../../src/storage/sql.js';
import {
  deleteBlockRange,
  insertBlocks,
  selectBlockRange,
  selectBlocks,
} from '../../../src/storage/statements/index-blocks.js';
import { deleteDead, insertDead, selectDead } from '../../../src/storage/statements/index-dead.js';
import {
  deleteRecentBelow,
  insertRecent,
  selectRecent,
  selectRecentBeyond,
} from '../../../src/storage/statements/index-recent.js';
import {
  selectIndexSourceBeyond,
  selectIndexSources,
  selectMemoryDocs,
} from '../../../src/storage/statements/index-sources.js';
import {
  claimIndex,
  extendClaim,
  raiseGeneration,
  releaseClaim,
  selectIndexHead,
  selectMergedIndex,
  swapSegments,
} from '../../../src/storage/statements/index-states.js';
import type { TenantTransaction } from '../../../src/storage/tenant-door.js';
import { fillCrowd } from '../../support/crowd.js';
import { describeEngines, seedUser, type TestDatabase } from '../../support/engines.js';
import { millisecondsOf, planOf } from '../../support/plan-of.js';
import { verifies } from '../../support/verifies.js';

const claim = { segment: 3 };
const bytes = new Uint8Array(16);

/** Every statement of the index, as it is called. */
const statements: Readonly<Record<string, (tx: TenantTransaction) => Promise<unknown>>> = {
  selectIndexHead: (tx) => selectIndexHead(tx),
  selectMergedIndex: (tx) => selectMergedIndex(tx),
  claimIndex: (tx) => claimIndex(tx, 60),
  extendClaim: (tx) => extendClaim(tx, claim, 60),
  releaseClaim: (tx) => releaseClaim(tx, claim),
  swapSegments: (tx) => swapSegments(tx, claim, 10, []),
  raiseGeneration: (tx) => raiseGeneration(tx),
  selectRecent: (tx) => selectRecent(tx, 90),
  selectRecentBeyond: (tx) => selectRecentBeyond(tx, 90, 99, 300),
  insertRecent: (tx) => insertRecent(tx, [{ doc: 1_000_000, entry: bytes }]),
  deleteRecentBelow: (tx) => deleteRecentBelow(tx, 5),
  selectDead: (tx) => selectDead(tx, 95),
  insertDead: (tx) => insertDead(tx, [1, 2]),
  deleteDead: (tx) => deleteDead(tx, Uint32Array.of(1, 2)),
  selectBlocks: (tx) => selectBlocks(tx, [1, 2, 3, 40]),
  selectBlockRange: (tx) => selectBlockRange(tx, 5, 9),
  insertBlocks: (tx) => insertBlocks(tx, [{ block: 1_000_000, part: 0, data: bytes }]),
  deleteBlockRange: (tx) => deleteBlockRange(tx, 5, 9, 10),
  selectIndexSourceBeyond: (tx) => selectIndexSourceBeyond(tx, [1, 2, 3], 2),
  selectMemoryDocs: (tx) => selectMemoryDocs(tx),
  selectIndexSources: (tx) => selectIndexSources(tx, [1, 2, 3]),
};

describeEngines('every statement of the lexical index', (engine) => {
  let db: TestDatabase;
  let user: UserId;
  beforeAll(async () => {
    db = await engine.open();
    user = await seedUser(db);
    await fillCrowd(db);
  });
  afterAll(() => db.close());

  test.each(Object.keys(statements))('%s reads through an index, within 50 ms', async (name) => {
    verifies('NFR-perf', 'NFR-rls');
    const plan = await planOf(db, user, statements[name]!);
    expect(plan).not.toMatch(/Seq Scan on/);
    expect(plan).toMatch(/Index|Insert on|Tid Scan/);
    expect(millisecondsOf(plan)).toBeLessThan(50);
  });

  test('a plan without an index would be noticed', async () => {
    const plan = await planOf(db, user, async (tx) => {
      await tx.query(sql`select set_config(name, 'off', true)
        from unnest(array['enable_indexscan', 'enable_indexonlyscan', 'enable_bitmapscan']) as name`);
      await selectBlocks(tx, [1, 2]);
    });
    expect(plan).toMatch(/Seq Scan on/);
  });
});
