// npx tsx --conditions=stellar:source bench/eval/hybrid.ts --data <folder>
// What a second leg does to the ranking by words: nothing worse than half a point, however poor the leg.
import { parseArgs } from 'node:util';
import { analyseQuery } from '../../packages/server/src/recall/analysis/query.js';
import { fuse, fusionPool, nearestPool } from '../../packages/server/src/recall/ranking/fuse.js';
import { createRank } from '../../packages/server/src/recall/ranking/rank.js';
import { MemoryIndex } from '../../packages/server/test/support/memory-index.js';
import { readConversations } from './conversations.js';
import type { Corpus } from './corpus.js';
import { type Leg, legs, nearnessOf } from './legs.js';
import { judge, type Metrics, meanOf, metricsHead, metricsRow } from './metrics.js';
import { readParaphrases } from './paraphrases.js';
import { line, table } from './print.js';
import { asFacts } from './variants.js';

const { values } = parseArgs({ options: { data: { type: 'string' } } });
if (values.data === undefined) throw new Error('Say where the data is: --data <folder>');
const depth = 20;
const weights = [0, 0.1, 0.15, 0.2, 0.3, 0.5, 1];

/** The ranking of every question by each weight. */
function measure(corpora: readonly Corpus[], leg: Leg): Metrics[][] {
  const rank = createRank();
  const results: Metrics[][] = weights.map(() => []);
  for (const corpus of corpora) {
    const view = new MemoryIndex(corpus.documents).view();
    const nearness = nearnessOf(leg, corpus);
    for (const { text, right } of corpus.questions) {
      const { docs, scores, exact } = rank(view, analyseQuery(text), { limit: fusionPool });
      const words = docs.map((doc, at) => ({ doc, score: scores[at]!, exact: exact.has(doc) }));
      const near = nearest(nearness(text));
      for (const [at, weight] of weights.entries()) {
        const fused = weight === 0 ? words : fuse(view, words, near, weight);
        results[at]!.push(
          judge(
            fused.slice(0, depth).map(({ doc }) => doc),
            right,
          ),
        );
      }
    }
  }
  return results;
}

const nearest = (similarities: Float64Array) =>
  [...similarities]
    .map((similarity, doc) => ({ doc, similarity }))
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, nearestPool);

const captioned = await readConversations(values.data, 'with captions');
const sets = [
  ['conversations', captioned],
  ['plain facts', captioned.map(asFacts)],
  ['Korean paraphrases', [readParaphrases(values.data, 3)]],
] as const;
for (const [name, corpora] of sets)
  for (const leg of legs) {
    line(`\n${name}; ${leg.name}`);
    table([
      ['weight of the leg', ...metricsHead],
      ...measure(corpora, leg).map((judged, at) => [
        weights[at] === 0 ? 'words alone' : String(weights[at]),
        ...metricsRow(meanOf(judged)),
      ]),
    ]);
  }
