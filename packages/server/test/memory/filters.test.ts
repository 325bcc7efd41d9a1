import { type PatchRequest, RecallQuery, StoreRequest } from '@stellar-memory/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MemoryId, UserId } from '../../src/domain/ids.js';
import { encodeEntry } from '../../src/recall/index/entry-codec.js';
import { facetsOf, wantedFacets } from '../../src/recall/index/facets.js';
import { mergeTenant } from '../../src/recall/index/merge-tenant.js';
import { textRanking } from '../../src/recall/text-ranking.js';
import type { Database } from '../../src/storage/database.js';
import { fillBulk } from '../support/bulk-memories.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode, type TestNode } from '../support/memory-service.js';
import { verifies } from '../support/verifies.js';

type Scalar = string | number | boolean | null;

/** What a memory has that filters ask for. */
interface Facets {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly agent_id: string | null;
  readonly session_id: string | null;
}

interface Filters {
  readonly metadata?: Readonly<Record<string, Scalar>>;
  readonly agent_id?: string;
  readonly session_id?: string;
}

const key = fc.constantFrom('topic', 'n', 'ünïcode "key"', '__proto');
const scalar: fc.Arbitrary<Scalar> = fc.constantFrom(
  'tea',
  '1',
  '',
  'null',
  1,
  0,
  -1.5,
  1e21,
  true,
  false,
  null,
);
/** As deep as they come, and too many for the index. */
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  fc.constantFrom(['tea'], { n: 1 }, [1], {}),
);
const many = Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`k${n}`, n]));
const metadata: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(fc.dictionary(key, value, { maxKeys: 3 }), fc.integer({ min: 0, max: 9 }))
  .map(([some, crowd]) => (crowd === 0 ? { ...many, ...some } : { ...some }));
const agent = fc.constantFrom('a', 'b', null);
const session = fc.constantFrom('s1', 's2', null);
const facets: fc.Arbitrary<Facets> = fc.record({ metadata, agent_id: agent, session_id: session });
const filters: fc.Arbitrary<Filters> = fc.record(
  {
    metadata: fc.dictionary(key, scalar, { minKeys: 1, maxKeys: 2 }).map((some) => ({ ...some })),
    agent_id: fc.constantFrom('a', 'b', 'nobody'),
    session_id: fc.constantFrom('s1', 's2', 'none'),
  },
  { requiredKeys: [] },
);

type Step =
  | { readonly kind: 'store'; readonly all: readonly Facets[] }
  | { readonly kind: 'edit'; readonly place: number; readonly to: Partial<Facets> }
  | { readonly kind: 'forget' | 'restore' | 'erase'; readonly place: number }
  | { readonly kind: 'merge' | 'restart' };

const place = fc.nat(1_000);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('store' as const),
      all: fc.array(facets, { minLength: 1, maxLength: 8 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      place,
      to: fc.oneof(
        fc.record({ metadata }),
        fc.record({ agent_id: agent }),
        fc.record({ session_id: session }),
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('forget' as const, 'restore' as const, 'erase' as const),
      place,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('merge' as const, 'restart' as const) }),
  },
);

const passes = (memory: Facets, { metadata: wanted = {}, ...rest }: Filters): boolean =>
  Object.entries(wanted).every(
    ([name, value]) => Object.hasOwn(memory.metadata, name) && memory.metadata[name] === value,
  ) &&
  (rest.agent_id === undefined || memory.agent_id === rest.agent_id) &&
  (rest.session_id === undefined || memory.session_id === rest.session_id);

const pick = <Key>(of: ReadonlyMap<Key, Facets>, at: number): Key | undefined =>
  [...of.keys()][at % Math.max(1, of.size)];

describeEngines('filters of a recall', (engine) => {
  verifies('FR-03', 'NFR-perf');
  let db: TestDatabase;
  beforeAll(async () => {
    db = await engine.open();
  });
  afterAll(() => db.close());

  const merge = ({ index }: TestNode, user: UserId) =>
    mergeTenant(db.tenants, user, { encode: (source) => index.encode(source), flush: true });

  /** A tenant and what he has, beside what the product says that he has. */
  class Tenant {
    readonly user: UserId;
    readonly live = new Map<MemoryId, Facets>();
    readonly forgotten = new Map<MemoryId, Facets>();
    node = openNode(db.database);

    constructor(user: UserId) {
      this.user = user;
    }

    async take(step: Step): Promise<void> {
      if (step.kind === 'store') await this.store(step.all);
      else if (step.kind === 'edit') await this.edit(step.place, step.to);
      else if ('place' in step) await this.leave(step.kind, step.place);
      else if (step.kind === 'merge') await merge(this.node, this.user);
      else this.node = openNode(db.database);
    }

    async store(all: readonly Facets[]): Promise<void> {
      const requests = all.map((one) =>
        StoreRequest.parse({
          content: 'The harbour at night.',
          metadata: one.metadata,
          ...(one.agent_id === null ? {} : { agent_id: one.agent_id }),
          ...(one.session_id === null ? {} : { session_id: one.session_id }),
        }),
      );
      const stored = await this.node.memories.storeBatch(this.user, requests);
      for (const [at, { id }] of stored.entries()) this.live.set(id as MemoryId, all[at]!);
    }

    async edit(at: number, to: Partial<Facets>): Promise<void> {
      const id = pick(this.live, at);
      if (id === undefined) return;
      await this.node.memories.patch(this.user, id, to as PatchRequest);
      this.live.set(id, { ...this.live.get(id)!, ...to });
    }

    async leave(kind: 'forget' | 'restore' | 'erase', at: number): Promise<void> {
      const [from, to] =
        kind === 'restore' ? [this.forgotten, this.live] : [this.live, this.forgotten];
      const id = pick(from, at);
      if (id === undefined) return;
      const { memories, life } = this.node;
      if (kind === 'restore') await life.restore(this.user, id);
      else await memories.forget(this.user, id, undefined, { permanent: kind === 'erase' });
      if (kind !== 'erase') to.set(id, from.get(id)!);
      from.delete(id);
      // The erased leave the index soon.
      if (kind === 'erase') await this.node.index.purge(this.user, Number.MAX_SAFE_INTEGER);
    }

    /** Holds what is found behind a filter to what must be. */
    async check(asked: Filters): Promise<void> {
      const query = RecallQuery.parse({
        q: 'harbour',
        limit: 100,
        ...asked,
        ...(asked.metadata === undefined ? {} : { metadata: JSON.stringify(asked.metadata) }),
      });
      const found = await this.node.memories.recall(this.user, query);
      const wanted = [...this.live].filter(([, memory]) => passes(memory, asked)).map(([id]) => id);
      expect(found.map(({ id }) => id as MemoryId).sort()).toEqual(wanted.sort());
    }
  }

  test('find all that passes and nothing else, after every step of any history', async () => {
    const history = fc.array(fc.tuple(step, filters), { minLength: 8, maxLength: 16 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(facets, { minLength: 1, maxLength: 10 }),
        history,
        async (first, steps) => {
          const tenant = new Tenant(await seedUser(db));
          await tenant.store(first);
          for (const [one, asked] of steps) {
            await tenant.take(one);
            await tenant.check(asked);
          }
          for (const [, asked] of steps) await tenant.check(asked);
          await tenant.node.index.idle();
        },
      ),
      { numRuns: 12 },
    );
  });

  test('are exact over what was indexed before the index knew of them, merged or not', async () => {
    const tenant = new Tenant(await seedUser(db));
    const [one, other] = [{ topic: 'tea' }, { topic: 'rum' }].map((each) => ({
      metadata: each,
      agent_id: 'a',
      session_id: null,
    }));
    const asks: readonly Filters[] = [
      { metadata: { topic: 'tea' } },
      { agent_id: 'a' },
      { agent_id: 'b' },
    ];
    const check = async (): Promise<void> => {
      for (const asked of asks) await tenant.check(asked);
    };
    await tenant.store([one!, other!]);
    const document = {
      content: 'The harbour at night.',
      sessionId: null,
      speaker: null,
      role: null,
      occurredAt: null,
      createdAt: 0,
    };
    const old = encodeEntry(
      textRanking.analyse({ ...document, agentId: 'a', metadata: {} }),
      document,
      2,
    );
    await db.owner.query('update index_recent set entry = $2 where user_id = $1', [
      tenant.user,
      Buffer.from(old),
    ]);
    await check();
    await merge(tenant.node, tenant.user);
    await check();
    await tenant.store([one!, other!]);
    await check();
    await merge(tenant.node, tenant.user);
    tenant.node = openNode(db.database);
    await check();
  });

  describe('in a tenant of many', () => {
    const memories = 4_000;
    const all = { q: 'wl', limit: '10' };
    let user: UserId;
    beforeAll(async () => {
      user = await seedUser(db);
      await fillBulk(db, user, memories);
    });

    /** What a recall reads of rows that hold memories: how many look-ups and statements. */
    async function lookedAt(
      query: object,
      who = user,
    ): Promise<{ found: number; rows: number; statements: number }> {
      const seen = { rows: 0, statements: 0 };
      const node = openNode(watching(db.database, seen));
      const found = await node.memories.recall(who, RecallQuery.parse(query));
      return { found: found.length, ...seen };
    }

    test.each([
      ['a topic', { metadata: '{"topic":100}' }],
      ['a key', { metadata: '{"subject":3}' }],
      ['an agent', { agent_id: 'nobody' }],
      ['a session', { session_id: 'none' }],
      ['a topic of an agent', { metadata: '{"topic":3}', agent_id: 'agent-4' }],
    ])('%s that nothing has costs no look at any row', async (_what, asked) => {
      expect(await lookedAt({ ...all, ...asked })).toEqual({ found: 0, rows: 0, statements: 0 });
    });

    test.each([
      ['a topic', 40, { metadata: '{"topic":3}' }],
      ['a session', 20, { session_id: 'session-7' }],
      ['a topic of an agent', 40, { metadata: '{"topic":3}', agent_id: 'agent-3' }],
    ])('%s that few have costs looks at those alone', async (_what, passing, asked) => {
      const { found, rows } = await lookedAt({ ...all, ...asked });
      expect(found).toBe(10);
      // Once for the filter, and a window of contents.
      expect(rows).toBeLessThanOrEqual(2 * passing);
    });

    test('a day on which few were stored costs looks at those alone, merged or not', async () => {
      const who = await seedUser(db);
      const storeOn = async (day: number, count: number): Promise<TestNode> => {
        const node = openNode(db.database, { clock: { nowMs: () => Date.UTC(2026, 0, day) } });
        const request = StoreRequest.parse({ content: 'The harbour at night.' });
        await node.memories.storeBatch(who, Array<StoreRequest>(count).fill(request));
        return node;
      };
      await storeOn(1, 100);
      await storeOn(9, 20);
      const node = await storeOn(5, 20);
      const asked = { q: 'harbour', limit: '100', since: '2026-01-03', until: '2026-01-08' };
      for (const merged of [false, true]) {
        if (merged) await merge(node, who);
        const { found, rows } = await lookedAt(asked, who);
        expect(found).toBe(20);
        expect(rows).toBeLessThanOrEqual(2 * 20);
      }
    });
  });
});

/** The same database, which counts what is read of `memories`. */
const watching = (database: Database, seen: { rows: number; statements: number }): Database => ({
  engine: database.engine,
  close: () => database.close(),
  transaction: (scope, work, options) =>
    database.transaction(
      scope,
      (tx) =>
        work({
          async query(statement, then) {
            const rows = await tx.query(statement, then);
            if (!/(from|join|into|update) memories\b|recalled_memories/.test(statement.text))
              return rows;
            seen.statements += 1;
            seen.rows += rows.length;
            return rows;
          },
        }),
      options,
    ),
});

describe('the terms of facets', () => {
  const source = fc.record({ agentId: agent, metadata });

  test('are those of every filter that passes, and none of a text', () => {
    fc.assert(
      fc.property(source, (memory) => {
        const terms = facetsOf(memory);
        for (const term of terms) expect([term[0], term.length <= 9]).toEqual(['\0', true]);
        const known = Object.entries(memory.metadata).filter(
          ([, one]) => one === null || typeof one !== 'object',
        );
        const wanted = wantedFacets({
          agentId: memory.agentId ?? undefined,
          metadata: Object.fromEntries(known),
        });
        if (known.length <= 16) expect(terms).toEqual(wanted);
        else expect(terms).toContain('\0');
      }),
    );
  });

  test('tell a number from its digits, and nothing from the word for it', () => {
    const terms = [1, '1', true, 'true', null, 'null', ''].flatMap((one) =>
      facetsOf({ agentId: null, metadata: { n: one } }),
    );
    expect(new Set(terms).size).toBe(7);
  });
});
