// npm run eval:orbit -- --data <folder>
// What the orbit costs the ranking when it knows nothing: every memory is placed at random.
import { parseArgs } from 'node:util';
import { analyseQuery } from '../../packages/server/src/recall/analysis/query.js';
import { orbitOrder } from '../../packages/server/src/recall/ranking/orbit-order.js';
import { createRank } from '../../packages/server/src/recall/ranking/rank.js';
import { MemoryIndex } from '../../packages/server/test/support/memory-index.js';
import { seeded } from '../harness/texts.js';
import { readConversations } from './conversations.js';
import type { Corpus } from './corpus.js';
import { judge, type Metrics, meanOf, metricsHead, metricsRow } from './metrics.js';
import { readParaphrases } from './paraphrases.js';
import { line, table } from './print.js';
import { asFacts } from './variants.js';

const { values } = parseArgs({ options: { data: { type: 'string' } } });
if (values.data === undefined) throw new Error('Say where the data is: --data <folder>');
const depth = 20;
const weights = [0, 0.05, 0.1, 0.2, 0.4];

/** The ranking of every question by each weight. */
function measure(corpora: readonly Corpus[]): Metrics[][] {
  const rank = createRank();
  const random = seeded(11);
  const results: Metrics[][] = weights.map(() => []);
  for (const corpus of corpora) {
    const view = new MemoryIndex(corpus.documents).view();
    const orbits = corpus.documents.map(() => random());
    for (const { text, right } of corpus.questions) {
      const { docs, scores } = rank(view, analyseQuery(text), { limit: depth * 2 });
      const ranked = docs.map((doc, at) => ({ doc, score: scores[at]!, orbit: orbits[doc]! }));
      for (const [at, weight] of weights.entries()) {
        const { page } = orbitOrder(ranked, [], depth, weight);
        results[at]!.push(
          judge(
            page.map(({ doc }) => doc),
            right,
          ),
        );
      }
    }
  }
  return results;
}

const captioned = await readConversations(values.data, 'with captions');
const sets = [
  ['conversations', captioned],
  ['plain facts', captioned.map(asFacts)],
  ['Korean paraphrases', [readParaphrases(values.data, 3)]],
] as const;
for (const [name, corpora] of sets) {
  line(`\n${name}, orbits at random`);
  table([
    ['weight of the orbit', ...metricsHead],
    ...measure(corpora).map((judged, at) => [
      weights[at] === 0 ? 'relevance alone' : String(weights[at]),
      ...metricsRow(meanOf(judged)),
    ]),
  ]);
}
