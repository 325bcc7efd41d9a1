import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { slipsBetween } from '../../../src/recall/analysis/closest-terms.js';
import { defaultMergePolicy } from '../../../src/recall/index/merge-policy.js';
import { mergeTenant } from '../../../src/recall/index/merge-tenant.js';
import { readState } from '../../../src/recall/index/read-state.js';
import { dictionaryOf } from '../../../src/recall/index/similar-terms.js';
import { Vocabulary } from '../../../src/recall/index/vocabulary.js';
import { describeEngines, seedUser, type TestDatabase } from '../../support/engines.js';
import { documentOf, TenantModel } from './model.js';

describe('a vocabulary', () => {
  test('passes over no term that the letters may be a misspelling of', () => {
    const letter = fc.constantFrom(...'abcdefgh', '가', '나', 'é');
    const term = fc
      .array(letter, { minLength: 1, maxLength: 8 })
      .map((letters) => letters.join(''));
    fc.assert(
      fc.property(fc.uniqueArray(term, { maxLength: 60 }), term, (terms, asked) => {
        const vocabulary = new Vocabulary();
        for (const each of terms) {
          const bytes = Buffer.from(`_${each}_`);
          vocabulary.add(bytes, 1, bytes.length - 1);
        }
        const near = new Set(vocabulary.near(asked, 2));
        for (const each of terms)
          if (slipsBetween(asked, each) <= 2) expect(near.has(each)).toBe(true);
        for (const each of near) expect(terms).toContain(each);
      }),
    );
  });

  test('passes over most of what looks different', () => {
    const vocabulary = new Vocabulary();
    for (let number = 0; number < 10_000; number++) {
      const bytes = Buffer.from(`${(number * 7919).toString(26)}word`);
      vocabulary.add(bytes, 0, bytes.length);
    }
    expect([...vocabulary.near('zzzzzqq', 2)].length).toBeLessThan(200);
  });
});

describeEngines('similar terms', (engine) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await engine.open();
  });
  afterAll(() => db.close());

  test('are found in segments of every kind and among recent memories, if a live one has them', async () => {
    const policy = { ...defaultMergePolicy, recentDocuments: 10, fanout: 100 };
    const merge = () =>
      mergeTenant(db.tenants, model.userId, { policy, encode: () => new Uint8Array() });
    const model = new TenantModel(db.tenants, await seedUser(db));
    const many = (prefix: string, count: number) =>
      documentOf(Array.from({ length: count }, (_, number) => `${prefix}${number}filler`));
    // A segment so large that it lists its terms apart, and one that does not, with a word of its own block.
    await model.store(Array.from({ length: 40 }, (_, number) => many(`big${number}x`, 1_000)));
    const dead = await model.store([documentOf(['mountain', 'river'])]);
    await merge();
    for (let batch = 0; batch < 15; batch++)
      await model.store(Array.from({ length: 100 }, () => documentOf(['forest', 'lake'])));
    await merge();
    await model.store([documentOf(['meadow'])]);
    const similar = (term: string) =>
      db.tenants.withTenant(
        model.userId,
        async (tx) => {
          const state = await readState(tx, undefined, []);
          expect(state.segments.map(({ segment }) => segment.facts.listsAllTerms)).toEqual([
            true,
            false,
          ]);
          expect(state.segments[1]!.segment.facts.ownTerms).toBe(2);
          return dictionaryOf(tx, state).similarTerms(term, 3);
        },
        { readOnly: true },
      );
    expect(await similar('mountian')).toEqual(['mountain']);
    expect(await similar('forrest')).toEqual(['forest']);
    expect(await similar('medow')).toEqual(['meadow']);
    expect(await similar('unheard')).toEqual([]);
    await model.forget([dead]);
    expect(await similar('mountian')).toEqual([]);
  });
});
