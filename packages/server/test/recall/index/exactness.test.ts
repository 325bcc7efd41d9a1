import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IndexState } from '../../../src/recall/index/index-state.js';
import { defaultMergePolicy } from '../../../src/recall/index/merge-policy.js';
import { mergeTenant } from '../../../src/recall/index/merge-tenant.js';
import { describeEngines, seedUser, type TestDatabase } from '../../support/engines.js';
import { documentOf, TenantModel, type TestDocument } from './model.js';

const words = ['a', 'b', 'c', 'd', 'e', 'café', '한국', '국어', 'x'.repeat(64)];

/** Small enough that histories of a few steps go through every kind of merge. */
const policy = {
  ...defaultMergePolicy,
  recentDocuments: 3,
  fanout: 2,
  deadDocuments: 2,
  recentAtOnce: 16,
  recentBytes: 300,
};

const document: fc.Arbitrary<TestDocument> = fc
  .record({
    words: fc.array(fc.constantFrom(...words), { maxLength: 12 }),
    flags: fc.nat(65_535),
    day: fc.integer({ min: -5, max: 5 }),
    sessionId: fc.option(fc.constantFrom('s1', 's2', 's3')),
    speaker: fc.option(fc.constantFrom('Ann', 'Bo')),
  })
  .map(({ words: chosen, ...facts }) => documentOf(chosen, facts));

type Step =
  | { readonly kind: 'store'; readonly documents: readonly TestDocument[] }
  | { readonly kind: 'forget' | 'edit'; readonly place: number; readonly document: TestDocument }
  | { readonly kind: 'merge' }
  | { readonly kind: 'restart' }
  | { readonly kind: 'look elsewhere' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('store' as const),
      documents: fc.array(document, { minLength: 1, maxLength: 8 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('forget' as const, 'edit' as const),
      place: fc.nat(1_000),
      document,
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('merge' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('look elsewhere' as const) }) },
);

describeEngines('the lexical index', (engine) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await engine.open();
  });
  afterAll(() => db.close());

  const merge = (model: TenantModel) =>
    mergeTenant(db.tenants, model.userId, { policy, encode: neverEncode });

  test('finds exactly what is live after every step of any history, from any cache', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (history) => {
        const model = new TenantModel(db.tenants, await seedUser(db));
        let cached: IndexState | undefined;
        let elsewhere: IndexState | undefined;
        for (const each of history) {
          if (each.kind === 'store') await model.store(each.documents);
          else if (each.kind === 'merge') await merge(model);
          else if (each.kind === 'restart') cached = undefined;
          else if (each.kind === 'look elsewhere') elsewhere = await model.check(elsewhere, words);
          else if (model.live.size > 0) {
            const doc = [...model.live.keys()][each.place % model.live.size]!;
            if (each.kind === 'forget') await model.forget([doc]);
            else await model.edit(doc, each.document);
          }
          cached = await model.check(cached, words.slice(0, 5));
        }
        await model.check(undefined, words);
        await model.check(cached, words);
      }),
      { numRuns: 25 },
    );
  });
});

const neverEncode = (): never => expect.fail('every test document has an entry');
