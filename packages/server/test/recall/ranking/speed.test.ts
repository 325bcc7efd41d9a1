import { expect, it } from 'vitest';
import type { AnalysedQuery } from '../../../src/recall/analysis/query.js';
import { createRank } from '../../../src/recall/ranking/rank.js';
import { syntheticView } from '../../support/synthetic-view.js';

// Says what it took; the machine may be busy, so nothing but a gross mistake fails. bench/eval/speed.ts measures.
it.each([
  [1_000, 250],
  [50_000, 500],
])('ranks %i documents fast', (documents, boundMs) => {
  const view = syntheticView(documents, 50_000);
  const query: AnalysedQuery = {
    terms: [0, 20, 300, 2_000].map((at) => ({ term: view.word(at), weight: 1 })),
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
  process.stdout.write(`${documents} documents: p50 ${times[25]!.toFixed(2)} ms\n`);
  expect(times[25]).toBeLessThan(boundMs);
});
