import type { Pass } from './pass.js';

/**
 * Documents that alone have a word of the query, when such words carry most of its weight: somebody looks for just
 * these, and neither a neighbour nor a boost may come before them. Empty for most queries.
 */
export function exactHolders({ matches, weights }: Pass): ReadonlySet<number> {
  const holders = new Set<number>();
  let all = 0;
  let exact = 0;
  for (const { postings, worth, isName } of matches) {
    all += worth;
    if (postings.docs.length !== 1 || isName) continue;
    exact += worth;
    holders.add(postings.docs[0]!);
  }
  return exact >= all * weights.exact ? holders : nobody;
}

const nobody: ReadonlySet<number> = new Set();
