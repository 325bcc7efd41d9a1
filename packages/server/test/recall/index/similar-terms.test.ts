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
  test('finds exactly the terms within so many slips, in any script', () => {
    const letter = fc.constantFrom(...'abcdefgh', '가', '나', 'é', '😀');
    const term = fc
      .array(letter, { minLength: 1, maxLength: 8 })
      .map((letters) => letters.join(''));
    fc.assert(
      fc.property(
        fc.uniqueArray(term, { maxLength: 60 }),
        term,
        fc.integer({ min: 1, max: 2 }),
        (terms, asked, slips) => {
          const vocabulary = new Vocabulary();
          for (const each of terms) {
            const bytes = Buffer.from(`_${each}_`);
            vocabulary.add(bytes, 1, bytes.length - 1);
          }
          expect(vocabulary.near(asked, slips)).toEqual(
            terms.filter((each) => slipsBetween(asked, each) <= slips),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  test('tells swapped, missing, extra and wrong letters', () => {
    const vocabulary = new Vocabulary();
    for (const each of [
      'abcdef',
      'bacdef',
      'abdcef',
      'abcde',
      'abcdefg',
      'xbcdef',
      'badcfe',
      'fedcba',
    ]) {
      const bytes = Buffer.from(each);
      vocabulary.add(bytes, 0, bytes.length);
    }
    expect(vocabulary.near('abcdef', 1)).toEqual([
      'abcdef',
      'bacdef',
      'abdcef',
      'abcde',
      'abcdefg',
      'xbcdef',
    ]);
    expect(vocabulary.near('abcfe', 2)).toContain('abcdef');
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
