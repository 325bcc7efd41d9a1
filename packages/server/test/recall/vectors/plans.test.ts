import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { UserId } from '../../../src/domain/ids.js';
import {
  type NearestRequest,
  selectNearestByGraph,
  selectNearestExactly,
} from '../../../src/storage/statements/nearest-vectors.js';
import { describeEngines, seedUser } from '../../support/engines.js';
import { millisecondsOf, planOf } from '../../support/plan-of.js';
import { verifies } from '../../support/verifies.js';
import { neighbourOf, openVectors, type VectorDatabase, wordsVector } from './open-vectors.js';

const memoriesEach = 150;
const memoriesOfBig = 3_000;

describeEngines('plans of the statements on vectors, as the app role', (engine) => {
  verifies('NFR-perf', 'NFR-rls');
  let db: VectorDatabase;
  let there: VectorDatabase | undefined;
  let small: UserId;
  let big: UserId;

  beforeAll(async () => {
    there = await openVectors(engine);
    if (there === undefined) return;
    db = there;
    big = await fill(await seedUser(db), memoriesOfBig);
    small = await fill(await neighbourOf(db, big), memoriesEach);
    await db.owner.exec('analyze memories; analyze memory_vectors');
  });
  afterAll(() => there?.close());
  beforeEach((context) => {
    if (there === undefined) context.skip();
  });

  /** Memories with vectors at random, made behind the doors. */
  async function fill(user: UserId, memories: number): Promise<UserId> {
    await db.owner.exec(`
      select setseed(0.5);
      insert into memories (user_id, id, doc, content, created_at, last_recalled_at, updated_at, zone, metadata,
                            recall_count, arbitrary_importance, total_score)
      select '${user}', gen_random_uuid()::text, n, 'memory', n, n, n, n % 5, '{}', 0, 0.5, 0
        from generate_series(0, ${memories - 1}) n;
      insert into memory_vectors (user_id, memory_id, space, doc, embedding)
      select m.user_id, m.id, ${db.space}, m.doc,
             (select array_agg(random() - 0.5) from generate_series(1, 64 + 0 * m.doc))::real[]::halfvec
        from memories m where m.user_id = '${user}'`);
    return user;
  }

  const request = (): NearestRequest => ({
    space: db.space,
    vector: Float32Array.from(wordsVector('tea')),
    limit: 10,
  });

  const partitionsIn = (plan: string): number =>
    new Set(plan.match(/\bon (memory_vectors_\d+)/g)).size;

  test('comparing all reads one partition, by the tenant’s own index', async () => {
    const plan = await planOf(db, small, (tx) => selectNearestExactly(tx, request()));
    expect(partitionsIn(plan)).toBe(1);
    expect(plan).toMatch(/memory_vectors_\d+_pkey/);
    expect(plan).not.toContain('Seq Scan on memory_vectors');
    expect(millisecondsOf(plan)).toBeLessThan(50);
  });

  test('the graph finds nearly all of the nearest', async (context) => {
    context.skip(engine.name === 'embedded', 'no graph there');
    const [byGraph, exactly] = await db.tenants.withTenant(big, (tx) =>
      Promise.all([selectNearestByGraph(tx, request()), selectNearestExactly(tx, request())]),
    );
    const nearest = new Set(exactly.map(({ doc }) => doc));
    expect(byGraph.filter(({ doc }) => nearest.has(doc)).length).toBeGreaterThanOrEqual(9);
  });

  test('a filter looks memories up by the tenant’s numbers', async () => {
    const filter = {
      zone: 2 as const,
      since: undefined,
      until: undefined,
      agentId: undefined,
      sessionId: undefined,
      metadata: undefined,
    };
    const plan = await planOf(db, small, (tx) =>
      selectNearestExactly(tx, { ...request(), filter }),
    );
    expect(plan).not.toContain('Seq Scan on memories');
    expect(millisecondsOf(plan)).toBeLessThan(50);
  });
});
