import { expect, it } from 'vitest';
import type { AnalysedQuery } from '../../../src/recall/analysis/query.js';
import { createRank } from '../../../src/recall/ranking/rank.js';
import { syntheticView } from '../../support/synthetic-view.js';

// Says what it took; the machine may be busy, so nothing but a gross mistake fails. bench/eval/speed.ts measures.
const few = [0, 20, 300, 2_000];
/** As a long Korean query has them: most are in many memories. */
const many = Array.from({ length: 64 }, (_, at) => at * 2);

it.each([
  ['four words', 1_000, few, 250],
  ['four words', 50_000, few, 500],
  ['as many common words as a query may have', 50_000, many, 1_000],
] as const)('ranks by %s among %i documents fast', (_, documents, words, boundMs) => {
  const view = syntheticView(documents, 50_000);
  const query: AnalysedQuery = {
    terms: words.map((at) => ({ term: view.word(at), weight: 1 })),
    names: [{ word: 'Ann', keys: ['ann'], links: false }],
    dates: [],
    intent: { moment: true, quantity: false, side: undefined },
  };
  const rank = createRank();
  const times = Array.from({ length: 50 }, () => {
    const start = performance.now();
    expect(rank(view, query, { limit: 10 }).docs).toHaveLength(10);
    return performance.now() - start;
  }).sort((a, b) => a - b);
  process.stdout.write(
    `${documents} documents, ${words.length} words: p50 ${times[25]!.toFixed(2)} ms\n`,
  );
  expect(times[25]).toBeLessThan(boundMs);
});
