import { cosineSimilarity } from './cosine-similarity.js';

/** Where one text ends and the next begins, as v1 writes it. */
const seam = '\n---\n';

/**
 * Two texts as one: the second is left out where the first says it already, or where both would be too long.
 *
 * @param maxLength in characters (code points)
 */
export function joinContents(first: string, second: string, maxLength: number): string {
  if (first.includes(second)) return first;
  const joined = `${first}${seam}${second}`;
  return Array.from(joined).length > maxLength ? first : joined;
}

/** What v1 compares by. */
export interface Comparable {
  readonly id: string;
  readonly embedding: readonly number[] | null;
}

/** The one nearest in meaning, at least by the threshold; of equals the first. Itself is none. */
export function mostSimilar<Candidate extends Comparable>(
  { id, embedding }: Comparable,
  candidates: readonly Candidate[],
  threshold: number,
): Candidate | undefined {
  if (embedding === null) return undefined;
  let best: Candidate | undefined;
  let bestSimilarity = -Infinity;
  for (const candidate of candidates) {
    if (candidate.id === id || candidate.embedding === null) continue;
    const similarity = cosineSimilarity(embedding, candidate.embedding);
    if (similarity < threshold || similarity <= bestSimilarity) continue;
    best = candidate;
    bestSimilarity = similarity;
  }
  return best;
}

/** What merging changes about a memory. */
export interface Mergeable {
  readonly content: string;
  readonly recallCount: number;
  /** 0–1. */
  readonly importance: number;
}

/** One memory of two, by v1's rules: both texts, the recalls of both, the greater importance. */
export const merged = (kept: Mergeable, added: Mergeable, maxLength: number): Mergeable => ({
  content: joinContents(kept.content, added.content, maxLength),
  recallCount: kept.recallCount + added.recallCount,
  importance: Math.max(kept.importance, added.importance),
});
