import { randomBytes } from 'node:crypto';
import { Mutation, RecallQuery, StoreRequest } from '@stellar-memory/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MemoryId, UserId } from '../../src/domain/ids.js';
import type { Database } from '../../src/storage/database.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode, type TestNode } from '../support/memory-service.js';
import { verifies } from '../support/verifies.js';
import {
  withoutFilters,
  withoutFunctionFilters,
  withoutRowSecurity,
} from '../support/without-walls.js';

const canary = `canary${randomBytes(8).toString('hex')}`;

/** What one tenant can do with what is another's: everything the answers say, and every refusal, as text. */
async function attack(
  { memories, life }: TestNode,
  attacker: UserId,
  target: MemoryId,
  forgotten: MemoryId,
): Promise<string> {
  const attempts: (() => Promise<unknown>)[] = [
    () => memories.recall(attacker, RecallQuery.parse({ q: `${canary} report`, limit: '100' })),
    () => memories.recall(attacker, RecallQuery.parse({ q: 'report', session_id: canary })),
    () => memories.list(attacker, { limit: 100 }),
    () => memories.list(attacker, { limit: 100, zone: 2 }),
    () => memories.timeline(attacker, { limit: 100 }),
    () => memories.stats(attacker),
    () => memories.get(attacker, target),
    () => memories.patch(attacker, target, { content: 'mine now' }),
    () => memories.store(attacker, StoreRequest.parse({ content: 'a report of my own' })),
    () => life.changeSettings(attacker, { duplicates: 'merge', forget_after_days: 1 }, 'owner'),
    () => life.history(attacker, target, { limit: 100 }),
    () => life.forgotten(attacker, { limit: 100 }),
    () => life.restore(attacker, forgotten),
    () => memories.forget(attacker, forgotten, undefined, { permanent: true }),
    () => memories.mutate(attacker, [overwriting(target)]),
    () => memories.forget(attacker, target),
  ];
  const seen: unknown[] = [];
  for (const attempt of attempts)
    seen.push(await attempt().catch((error: unknown) => ({ refused: String(error) })));
  return JSON.stringify(seen);
}

const overwriting = (id: string): Mutation =>
  Mutation.parse({
    mid: 'sent-by-another',
    hlc: `${Date.now()}.0`,
    ops: [
      { op: 'edit', id, set: { content: 'mine now' } },
      { op: 'recalled', id },
      { op: 'forget', id },
    ],
  });

describeEngines('two walls, each enough', (engine) => {
  verifies('NFR-isolation', 'NFR-rls', 'FR-02', 'FR-03');
  let db: TestDatabase;
  let victim: UserId;
  let attacker: UserId;
  let target: MemoryId;
  let forgotten: MemoryId;

  beforeEach(async () => {
    db = await engine.open();
    victim = await seedUser(db);
    attacker = await seedUser(db);
    const { memories } = openNode(db.database);
    const request = StoreRequest.parse({
      content: `${canary} quarterly report`,
      session_id: canary,
      speaker: canary,
    });
    const [kept, gone] = await memories.storeBatch(victim, [request, request]);
    target = kept!.id as MemoryId;
    forgotten = gone!.id as MemoryId;
    await memories.forget(victim, forgotten);
    await memories.patch(victim, target, { metadata: { edited: true } });
  });
  afterEach(() => db.close());

  /** Everything of the victim, as the owner of the database sees it. */
  const belongings = async (): Promise<string> => {
    const tables = [
      'memories',
      'tenant_usage',
      'index_recent',
      'index_dead',
      'memory_recalls',
      'memory_versions',
      'memory_identities',
      'memory_links',
      'forgotten_memories',
      'tenant_sync',
      'changes',
      'tombstones',
      'mutations',
    ];
    const rows = [];
    for (const table of tables)
      rows.push(await db.owner.query(`select * from ${table} where user_id = $1`, [victim]));
    return JSON.stringify(rows);
  };

  const leaks = async (database: Database): Promise<boolean> => {
    const node = openNode(database);
    const { memories, index } = node;
    const before = await belongings();
    const seen = await attack(node, attacker, target, forgotten);
    await memories.flush();
    const known = `${canary} report`;
    const leaked = seen.replaceAll(known, '').includes(canary) || (await belongings()) !== before;
    // What it merges in the background must not meet a database that is closed.
    await index.idle();
    return leaked;
  };

  test('both up: nothing seen, nothing changed', async () => {
    expect(await leaks(db.database)).toBe(false);
  });

  test('without the filters in the statements row security holds', async () => {
    const database = withoutFilters(db.database);
    expect(await withoutFunctionFilters(db.owner)).toBeGreaterThanOrEqual(3);
    expect(await leaks(database)).toBe(false);
    expect(database.removed).toBeGreaterThan(15);
  });

  test('without row security the filters hold', async () => {
    await withoutRowSecurity(db.owner);
    expect(await leaks(db.database)).toBe(false);
  });

  test('without both the attack succeeds: it would notice', async () => {
    await withoutRowSecurity(db.owner);
    await withoutFunctionFilters(db.owner);
    expect(await leaks(withoutFilters(db.database))).toBe(true);
  });
});
