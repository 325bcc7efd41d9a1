// npx tsx --conditions=stellar:source bench/eval/speed.ts [--documents 500000]
// CPU time of the ranking alone, with all postings at hand.
import { parseArgs } from 'node:util';
import type { AnalysedQuery } from '../../packages/server/src/recall/analysis/query.js';
import { createRank } from '../../packages/server/src/recall/ranking/rank.js';
import { syntheticView } from '../../packages/server/test/support/synthetic-view.js';
import { line, table } from './print.js';

const { values } = parseArgs({ options: { documents: { type: 'string' } } });
const sizes =
  values.documents === undefined ? [1_000, 50_000, 500_000] : [Number(values.documents)];
const queries: readonly (readonly [name: string, ranks: readonly number[]])[] = [
  ['3 rare words', [5_000, 9_000, 20_000]],
  ['3 typical, 1 frequent', [300, 800, 2_000, 20]],
  ['6 words', [5, 20, 60, 150, 400, 900]],
  ['with the commonest word', [0, 100, 1_000, 3_000]],
  ['40 frequent words', Array.from({ length: 40 }, (_, rank) => rank + 10)],
];
const runs = 60;

for (const size of sizes) {
  const view = syntheticView(size, 200_000);
  const rank = createRank();
  line(`${size} documents`);
  table([
    ['', 'postings', 'p50 ms', 'p95 ms'],
    ...queries.map(([name, ranks]) => {
      const terms = ranks.map((at) => ({ term: view.word(at), weight: 1 }));
      const query: AnalysedQuery = {
        terms,
        names: [{ word: 'Ann', keys: ['ann'], links: false }],
        dates: [],
        intent: { moment: true, quantity: false, side: undefined },
      };
      const times: number[] = [];
      for (let run = 0; run < runs; run++) {
        const start = performance.now();
        rank(view, query, { limit: 10 });
        if (run >= 10) times.push(performance.now() - start);
      }
      times.sort((a, b) => a - b);
      const postings = terms.reduce((sum, { term }) => sum + view.postings(term).docs.length, 0);
      const at = (share: number): string => times[Math.floor(times.length * share)]!.toFixed(3);
      return [name, String(postings), at(0.5), at(0.95)];
    }),
  ]);
}
