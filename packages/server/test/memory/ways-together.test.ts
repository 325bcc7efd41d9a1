import { RecallContextQuery, RecallQuery, StoreRequest } from '@stellar-memory/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserId } from '../../src/domain/ids.js';
import { mergeTenant } from '../../src/recall/index/merge-tenant.js';
import { orbitOrder } from '../../src/recall/ranking/orbit-order.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode, type TestNode } from '../support/memory-service.js';
import { verifies } from '../support/verifies.js';

const nowMs = Date.UTC(2026, 0, 15);
const firstSecond = Date.UTC(2025, 0, 1) / 1000;
const secondsADay = 86_400;

/** A filter as it is asked, and what a memory must be to pass it, told anew from what was stored. */
interface Filters {
  readonly zone?: number;
  readonly since?: number;
  readonly until?: number;
  readonly agent_id?: string;
  readonly session_id?: string;
  readonly metadata?: Readonly<Record<string, string | number>>;
  readonly emotion?: 'joy' | 'sadness';
}

type Stored = Awaited<ReturnType<TestNode['memories']['recall']>>[number];

function passes(memory: Stored, filters: Filters): boolean {
  const moment = memory.occurred_at ?? memory.created_at;
  const { zone, since = -Infinity, until = Infinity, metadata = {} } = filters;
  return (
    (zone === undefined || memory.zone === zone) &&
    moment >= since &&
    moment <= until &&
    (filters.agent_id === undefined || memory.agent_id === filters.agent_id) &&
    (filters.session_id === undefined || memory.session_id === filters.session_id) &&
    (filters.emotion === undefined || memory.emotion === filters.emotion) &&
    Object.entries(metadata).every(([key, value]) => memory.metadata[key] === value)
  );
}

const day = fc.integer({ min: -1, max: 41 }).map((n) => firstSecond + (n * secondsADay) / 2);
const filters: fc.Arbitrary<Filters> = fc.record(
  {
    zone: fc.integer({ min: 0, max: 4 }),
    since: day,
    until: day,
    agent_id: fc.constantFrom('a', 'b', 'nobody'),
    session_id: fc.constantFrom('s0', 's1', 's2', 'none'),
    metadata: fc.constantFrom({ topic: 'tea' }, { n: 3 }, { topic: 'tea', n: 2 }, { absent: 1 }),
    emotion: fc.constantFrom('joy' as const, 'sadness' as const),
  },
  { requiredKeys: [] },
);
const words = fc
  .subarray(['harbour', 'boat', 'letter', 'lantern', 'wonderful', '항구'], { minLength: 1 })
  .map((some) => some.join(' '));
const limit = fc.integer({ min: 1, max: 30 });
const share = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined });

describeEngines('ways to recall, taken together', (engine) => {
  verifies('FR-03');
  let db: TestDatabase;
  let node: TestNode;
  let user: UserId;
  beforeAll(async () => {
    db = await engine.open();
    node = openNode(db.database, { clock: { nowMs: () => nowMs } });
    user = await seedUser(db);
    const { index } = node;
    for (let from = 0; from < 300; from += 100) {
      await node.memories.storeBatch(
        user,
        Array.from({ length: 100 }, (_, n) => StoreRequest.parse(memoryOf(from + n))),
      );
      // Two segments, and the rest recent.
      if (from < 200)
        await mergeTenant(db.tenants, user, { encode: index.encode.bind(index), flush: true });
    }
    await node.index.idle();
  });
  afterAll(() => db.close());

  const everything = new Map<string, Stored[]>();
  /** All that a query finds, in the order of relevance; the newer first of equals. */
  async function rankedBy(q: string): Promise<readonly Stored[]> {
    const known = everything.get(q);
    if (known !== undefined) return known;
    const found = await pages({ q, limit: 100, explain: 'true' });
    const ranked = found.sort((a, b) => b.score - a.score || numberOf(b) - numberOf(a));
    everything.set(q, ranked);
    return ranked;
  }

  /** Page after page until there is none. */
  async function pages(query: object): Promise<Stored[]> {
    const all: Stored[] = [];
    let cursor: string | undefined;
    do {
      const asked = RecallQuery.parse({ ...query, ...(cursor === undefined ? {} : { cursor }) });
      const page = await node.memories.recallPage(user, asked);
      all.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return all;
  }

  /** What must be found: everything that passes, in the order of relevance as orbits leave it. */
  async function wanted(q: string, asked: Filters, minScore = 0): Promise<string[]> {
    const passing = (await rankedBy(q)).filter(
      (memory) => passes(memory, asked) && memory.score >= minScore,
    );
    const placed = passing.map((memory, at) => ({
      doc: at,
      score: memory.score,
      orbit: 1 - 10 * memory.explain!.parts['orbit_discount']!,
    }));
    return orbitOrder(placed, [], placed.length).page.map(({ doc }) => passing[doc]!.id);
  }

  const scoreAt = async (q: string, at: number | undefined): Promise<number | undefined> => {
    const ranked = await rankedBy(q);
    const score = at === undefined ? undefined : ranked[Math.floor(at * (ranked.length - 1))];
    // What a client can send: six digits.
    return score && Math.floor(score.score * 1e6) / 1e6;
  };
  const parameters = ({ metadata, ...rest }: Filters): object => ({
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
    ...(metadata === undefined ? {} : { metadata: JSON.stringify(metadata) }),
  });

  test('a page holds the best of what passes every filter, and the pages hold all of it once', async () => {
    await fc.assert(
      fc.asyncProperty(words, filters, limit, share, async (q, asked, size, at) => {
        const minScore = await scoreAt(q, at);
        const query = {
          q,
          ...parameters(asked),
          ...(minScore === undefined ? {} : { min_score: String(minScore) }),
        };
        const all = await wanted(q, asked, minScore);
        const found = await pages({ ...query, limit: size });
        expect(found.map(({ id }) => id)).toEqual(all);
        const page = await node.memories.recall(user, RecallQuery.parse({ ...query, limit: size }));
        expect(page.map(({ id }) => id)).toEqual(all.slice(0, size));
      }),
      { numRuns: 60 },
    );
  });

  test('a batch answers each of its queries as if it were asked alone', async () => {
    const one = fc.record({ q: words, asked: filters, size: limit });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 6 }), async (queries) => {
        const results = await node.memories.recallBatch(
          user,
          queries.map(({ q, asked, size }) => ({ q, limit: size, ...asked }) as never),
        );
        for (const [at, { q, asked, size }] of queries.entries())
          expect(results[at]!.map(({ id }) => id)).toEqual((await wanted(q, asked)).slice(0, size));
      }),
      { numRuns: 30 },
    );
  });

  test('a context tells the same memories, as far as their texts differ and fit', async () => {
    await fc.assert(
      fc.asyncProperty(words, filters, limit, async (q, asked, size) => {
        const query = { q, ...parameters(asked), limit: size, max_tokens: 8_000 };
        const { memories } = await node.memories.recallContext(
          user,
          RecallContextQuery.parse(query),
        );
        expect(memories.toSorted()).toEqual((await wanted(q, asked)).slice(0, size).sort());
      }),
      { numRuns: 30 },
    );
  });
});

const numberOf = ({ metadata }: Stored): number => metadata['number'] as number;

const moods = [
  'The boat made me happy',
  'It was sad, and he cried about the boat',
  'A letter came',
];

/** Every facet in another rhythm, so that each meets each. No two texts are equal. */
function memoryOf(n: number): object {
  return {
    content: `${moods[n % 3]!} ${n % 2 === 0 ? 'to the harbour' : ''} ${n % 5 === 0 ? 'with a lantern' : ''} ${n % 7 === 0 ? '항구에서' : ''} number ${n}`,
    importance: (n % 11) / 10,
    metadata: { number: n, n: n % 4, ...(n % 3 === 1 ? { topic: 'tea' } : {}) },
    ...(n % 13 === 0 ? {} : { agent_id: n % 2 === 0 ? 'a' : 'b' }),
    ...(n % 6 === 0 ? {} : { session_id: `s${Math.floor(n / 10) % 3}` }),
    ...(n % 9 === 0
      ? {}
      : {
          occurred_at: new Date((firstSecond + (n % 40) * (secondsADay / 2)) * 1000).toISOString(),
        }),
  };
}
