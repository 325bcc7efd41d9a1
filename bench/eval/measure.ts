import { analyseQuery } from '../../packages/server/src/recall/analysis/query.js';
import { createRank } from '../../packages/server/src/recall/ranking/rank.js';
import type { Weights } from '../../packages/server/src/recall/ranking/weights.js';
import { MemoryIndex } from '../../packages/server/test/support/memory-index.js';
import type { Corpus } from './corpus.js';
import { judge, type Metrics } from './metrics.js';

/** What a question came to. */
export interface Judged {
  readonly corpus: string;
  readonly category: string;
  readonly metrics: Metrics;
}

/** Results looked at: as many as the deepest metric needs. */
const depth = 20;

/** Corpora whose indexes are made once, for any number of weights. */
export function prepare(corpora: readonly Corpus[]): (weights: Weights) => Judged[] {
  const ready = corpora.map(({ name, documents, questions }) => ({
    name,
    view: new MemoryIndex(documents).view(),
    questions: questions.map((question) => ({ ...question, query: analyseQuery(question.text) })),
  }));
  return (weights) => {
    const rank = createRank(weights);
    return ready.flatMap(({ name, view, questions }) =>
      questions.map(({ query, category, right }) => ({
        corpus: name,
        category,
        metrics: judge(rank(view, query, { limit: depth }).docs, right),
      })),
    );
  };
}
