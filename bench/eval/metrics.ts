/** How good a ranking is, against the answers that count as right. All between 0 and 1. */
export interface Metrics {
  /** Share of the right answers among the first 5, 10, 20. */
  readonly recall5: number;
  readonly recall10: number;
  readonly recall20: number;
  /** 1 / rank of the first right answer, 0 when there is none. */
  readonly mrr: number;
  /** Normalised discounted cumulative gain of the first ten, every right answer worth the same. */
  readonly ndcg10: number;
}

/** Judges one ranking, best first. */
export function judge<Id>(ranking: readonly Id[], right: ReadonlySet<Id>): Metrics {
  const first = ranking.findIndex((id) => right.has(id));
  return {
    recall5: recallAt(5, ranking, right),
    recall10: recallAt(10, ranking, right),
    recall20: recallAt(20, ranking, right),
    mrr: first < 0 ? 0 : 1 / (first + 1),
    ndcg10: ndcgAt(10, ranking, right),
  };
}

const recallAt = <Id>(k: number, ranking: readonly Id[], right: ReadonlySet<Id>): number =>
  ranking.slice(0, k).filter((id) => right.has(id)).length / right.size;

function ndcgAt<Id>(k: number, ranking: readonly Id[], right: ReadonlySet<Id>): number {
  const gain = ranking
    .slice(0, k)
    .reduce((sum, id, at) => sum + (right.has(id) ? discount(at) : 0), 0);
  let ideal = 0;
  for (let at = 0; at < Math.min(k, right.size); at++) ideal += discount(at);
  return gain / ideal;
}

const discount = (position: number): number => 1 / Math.log2(position + 2);

/** Mean over questions, each of the same weight. */
export function meanOf(metrics: readonly Metrics[]): Metrics {
  const mean = (pick: (one: Metrics) => number): number =>
    metrics.reduce((sum, one) => sum + pick(one), 0) / metrics.length;
  return {
    recall5: mean((one) => one.recall5),
    recall10: mean((one) => one.recall10),
    recall20: mean((one) => one.recall20),
    mrr: mean((one) => one.mrr),
    ndcg10: mean((one) => one.ndcg10),
  };
}

/** Column heads of {@link metricsRow}. */
export const metricsHead = ['R@5', 'R@10', 'R@20', 'MRR', 'NDCG@10'] as const;

/** The metrics as percentages with one digit, in the order of {@link metricsHead}. */
export const metricsRow = (metrics: Metrics): string[] =>
  [metrics.recall5, metrics.recall10, metrics.recall20, metrics.mrr, metrics.ndcg10].map((value) =>
    (value * 100).toFixed(1),
  );
