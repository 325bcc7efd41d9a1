import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Corpus } from './corpus.js';

/** Lines of the file that say the same. */
const groupSize = 10;

/**
 * Korean paraphrases of a data folder (`korean/*.tsv`, every ten lines say the same): the first `stored` of each ten
 * are stored in one tenant, every other line is a query, and right is what was stored of its ten.
 */
export function readParaphrases(data: string, stored: number): Corpus {
  const lines = readFileSync(join(data, 'korean', 'parakqc-half.tsv'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t')[2]!);
  const isStored = (_: string, at: number): boolean => at % groupSize < stored;
  const groupOf = (at: number): number => Math.floor(at / groupSize);
  return {
    name: `Korean, ${stored} of ${groupSize} stored`,
    documents: lines.filter(isStored).map((content) => ({ content })),
    questions: lines.flatMap((text, at) =>
      isStored(text, at)
        ? []
        : [{ text, category: 'paraphrase', right: rangeOf(groupOf(at) * stored, stored) }],
    ),
  };
}

const rangeOf = (from: number, count: number): Set<number> =>
  new Set(Array.from({ length: count }, (_, step) => from + step));
