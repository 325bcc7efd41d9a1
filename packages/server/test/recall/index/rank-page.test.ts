import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RankedHit, rankPage } from '../../../src/recall/index/rank-page.js';

const list = fc
  .array(fc.integer({ min: 0, max: 5 }), { maxLength: 700 })
  .map((scores): RankedHit[] =>
    scores.toSorted((a, b) => b - a).map((score, n) => ({ doc: 1_000 - n, score })),
  );
const limit = fc.integer({ min: 1, max: 150 });
const matching = async (docs: readonly number[]): Promise<number[]> =>
  docs.filter((doc) => doc % 3 === 0);

describe('a page of a ranking', () => {
  test('pages cover what matches once and in order, whatever their size', async () => {
    await fc.assert(
      fc.asyncProperty(list, limit, fc.boolean(), async (ranked, size, filtered) => {
        const rank = () => (most: number) => ranked.slice(0, most);
        const seen: RankedHit[] = [];
        for (let page: RankedHit[] | undefined; page === undefined || page.length === size; ) {
          const last = seen.at(-1);
          const after = last && { docs: [last.doc], score: last.score };
          page = await rankPage(rank, {
            limit: size,
            ...(filtered ? { matching } : {}),
            ...(after === undefined ? {} : { after }),
          });
          seen.push(...page);
        }
        expect(seen).toEqual(ranked.filter(({ doc }) => !filtered || doc % 3 === 0));
      }),
      { numRuns: 50 },
    );
  });

  test('a page is the same when the filter is asked for everything that matches', async () => {
    await fc.assert(
      fc.asyncProperty(list, limit, fc.constantFrom(1, 100, 400), async (ranked, size, looks) => {
        const rank = (among?: ReadonlySet<number>) => (most: number) =>
          ranked.filter(({ doc }) => among?.has(doc) ?? true).slice(0, most);
        const everyMatch = () => matching(ranked.map(({ doc }) => doc));
        const middle = ranked[Math.floor(ranked.length / 2)];
        const after = middle && { docs: [middle.doc - (middle.doc % 3)], score: middle.score };
        const page = { limit: size, matching, ...(after === undefined ? {} : { after }) };
        expect(await rankPage(rank, { ...page, everyMatch }, looks)).toEqual(
          await rankPage(rank, page),
        );
      }),
      { numRuns: 50 },
    );
  });

  test('a score below the bound is never returned and none above it is missed', async () => {
    await fc.assert(
      fc.asyncProperty(list, fc.integer({ min: 0, max: 6 }), async (ranked, minScore) => {
        const page = await rankPage(() => (most) => ranked.slice(0, most), {
          limit: 1_000,
          minScore,
        });
        expect(page).toEqual(ranked.filter(({ score }) => score >= minScore));
      }),
      { numRuns: 50 },
    );
  });

  test('goes on behind another document of the page, or by score, when the last one is gone', async () => {
    const ranked = [5, 4, 3, 2].map((score, n) => ({ doc: 9 - n, score }));
    const page = (score: number, ...docs: number[]) =>
      rankPage(() => (most) => ranked.slice(0, most), { limit: 10, after: { docs, score } });
    expect(await page(5, 8)).toEqual(ranked.slice(2));
    expect(await page(1, 100, 9)).toEqual(ranked.slice(1));
    expect(await page(3.5, 100)).toEqual(ranked.slice(2));
    expect(await page(3, 100, 101)).toEqual(ranked.slice(3));
    expect(await page(1, 100)).toEqual([]);
  });

  test('stops ranking deeper once everything is below the bound', async () => {
    const looks: number[] = [];
    const rank = () => (most: number) => {
      looks.push(most);
      return Array.from({ length: most }, (_, n) => ({ doc: most - n, score: -n }));
    };
    await rankPage(rank, { limit: 50, minScore: -10 });
    expect(looks).toEqual([100]);
  });
});
