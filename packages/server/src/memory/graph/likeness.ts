import { analyseDocument } from '../../recall/analysis/document.js';

/** Terms of a text, as the index knows them, by how often each occurs. */
export const termsOf = (content: string): ReadonlyMap<string, number> =>
  analyseDocument({ content, speaker: null, role: null, occurredAt: null }).terms;

/**
 * How alike every two of some texts are, 0 to 1: the cosine of their terms, where a term counts the less the more of
 * these texts have it, so that what all are about ties nobody.
 */
export function createLikeness(
  texts: readonly ReadonlyMap<string, number>[],
): (one: number, other: number) => number {
  const spread = new Map<string, number>();
  for (const term of texts.flatMap((terms) => [...terms.keys()]))
    spread.set(term, (spread.get(term) ?? 0) + 1);
  const weighed = texts.map((terms) =>
    weigh(terms, (term) => Math.log(texts.length / spread.get(term)!)),
  );
  return (one, other) => dot(weighed[one]!, weighed[other]!);
}

/** Weights of a text's terms, of length 1 together; nothing when none of them tells it from the others. */
function weigh(
  terms: ReadonlyMap<string, number>,
  rarity: (term: string) => number,
): Map<string, number> {
  const weights = [...terms].map(
    ([term, count]) => [term, Math.sqrt(count) * rarity(term)] as const,
  );
  const length = Math.hypot(...weights.map(([, weight]) => weight));
  if (length === 0) return new Map();
  return new Map(weights.map(([term, weight]) => [term, weight / length]));
}

function dot(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  const [small, large] = one.size < other.size ? [one, other] : [other, one];
  let sum = 0;
  for (const [term, weight] of small) sum += weight * (large.get(term) ?? 0);
  return Math.min(1, sum);
}
