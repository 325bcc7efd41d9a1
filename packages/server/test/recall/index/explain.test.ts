import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserId } from '../../../src/domain/ids.js';
import { type Sql, sql } from '../../../src/storage/sql.js';
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
import { describeEngines, seedUser, type TestDatabase } from '../../support/engines.js';
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
  insertRecent: (tx) => insertRecent(tx, 1_000_000, bytes),
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
    user = await fillTables(db);
  }, 120_000);
  afterAll(() => db.close());

  test.each(Object.keys(statements))('%s reads through an index, within 50 ms', async (name) => {
    verifies('NFR-perf', 'NFR-rls');
    const plan = await explain(db, user, statements[name]!);
    expect(plan).not.toMatch(/Seq Scan on/);
    expect(plan).toMatch(/Index|Insert on|Tid Scan/);
    const [, ms] = /Execution Time: ([\d.]+) ms/.exec(plan)!;
    expect(Number(ms)).toBeLessThan(50);
  });

  test('a plan without an index would be noticed', async () => {
    const plan = await explain(db, user, async (tx) => {
      await tx.query(sql`select set_config(name, 'off', true)
        from unnest(array['enable_indexscan', 'enable_indexonlyscan', 'enable_bitmapscan']) as name`);
      await selectBlocks(tx, [1, 2]);
    });
    expect(plan).toMatch(/Seq Scan on/);
  });
});

/** The plans of what a call sends, as the app role, rolled back. */
async function explain(
  db: TestDatabase,
  user: UserId,
  call: (tx: TenantTransaction) => Promise<unknown>,
): Promise<string> {
  const lines: string[] = [];
  const undone = new Error('undone');
  await db.tenants
    .withTenant(user, async (tx) => {
      await call({
        ...tx,
        userId: user,
        async query<Row>(statement: Sql<Row>): Promise<Row[]> {
          const explained = { ...statement, text: `explain (analyze) ${statement.text}` };
          const rows = await tx.query(explained as Sql<{ 'QUERY PLAN': string }>);
          lines.push(...rows.map((row) => row['QUERY PLAN']));
          // What writes was done by explaining it.
          return statement.text.trimStart().startsWith('select') ? tx.query(statement) : [];
        },
      });
      throw undone;
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error;
    });
  return lines.join('\n');
}

/** Rows of many tenants, so that reading all of them would show. */
async function fillTables(db: TestDatabase): Promise<UserId> {
  const mine = await seedUser(db);
  const others = Array.from({ length: 99 }, () => randomUUID());
  const fill = (text: string): Promise<void> => db.owner.exec(text);
  await fill(`insert into users (id, email, tier)
    select id::uuid, id || '@example.com', 'free' from unnest(array['${others.join("','")}']) as id`);
  await fill(`insert into index_recent (user_id, doc, entry)
    select id, doc, decode(repeat('00', 100), 'hex') from users, generate_series(1, 100) as doc`);
  await fill(`insert into index_blocks (user_id, block, part, data)
    select id, block, 0, decode(repeat('00', 100), 'hex') from users, generate_series(1, 100) as block`);
  await fill(`insert into index_dead (user_id, version, doc)
    select id, doc, doc from users, generate_series(1, 100) as doc`);
  await fill(`insert into memories (user_id, id, doc, content, created_at, last_recalled_at, updated_at,
           recall_count, arbitrary_importance, zone, total_score, metadata)
    select id, doc::text, doc, 'x', 1, 1, 1, 0, 0.5, 4, 0, '{}' from users, generate_series(1, 100) as doc`);
  await fill(`insert into users (id, email, tier)
    select gen_random_uuid(), n || '@example.com', 'free' from generate_series(1, 2000) as n`);
  await fill(`insert into tenant_usage (user_id) select id from users on conflict do nothing`);
  await fill(`insert into index_states (user_id, next_segment) select id, 4 from users`);
  await fill('analyze');
  return mine;
}
