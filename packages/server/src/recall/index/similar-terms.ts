import { type BlockRow, selectBlockRange } from '../../storage/statements/index-blocks.js';
import type { TenantTransaction } from '../../storage/tenant-door.js';
import { closestTerms, slipsAllowed } from '../analysis/closest-terms.js';
import type { TermDictionary } from '../index-view.js';
import { segmentStart, sharedBlock, vocabularyOffset } from './block-address.js';
import { ByteReader } from './byte-reader.js';
import { isFacet } from './facets.js';
import type { IndexState } from './index-state.js';
import { viewOfState } from './index-view-of-state.js';
import { readTerms } from './read-state.js';
import { queryTerm } from './recent-terms.js';
import type { Segment } from './segment.js';
import { eachSharedTerm } from './term-blocks.js';
import { Vocabulary } from './vocabulary.js';

/** How many times the wanted terms are looked at, should some belong to dead documents only. */
const spares = 4;

/**
 * The terms of a state. The first question reads the lists of terms of its segments (1.6 MB for 200,000 terms), which
 * are kept with the segments.
 */
export function dictionaryOf(tx: TenantTransaction, state: IndexState): TermDictionary {
  return {
    async similarTerms(term, limit) {
      const slips = slipsAllowed(term.length);
      if (slips === 0) return [];
      const vocabularies = await Promise.all(
        state.segments.map(({ segment }) => vocabularyOf(tx, segment)),
      );
      const near = new Set(
        [state.recents.vocabulary(), ...vocabularies].flatMap((one) => one.near(term, slips)),
      );
      return firstInUse(tx, state, closestTerms(term, near, limit * spares), limit);
    },
  };
}

/** The first of these terms that a live document has: those of the dead are in segments until a merge. */
async function firstInUse(
  tx: TenantTransaction,
  state: IndexState,
  candidates: readonly string[],
  limit: number,
): Promise<string[]> {
  const terms = candidates.map(queryTerm);
  await readTerms(tx, state, terms);
  const view = viewOfState(state, terms, () => []);
  return candidates.filter((term) => view.postings(term).docs.length > 0).slice(0, limit);
}

async function vocabularyOf(tx: TenantTransaction, segment: Segment): Promise<Vocabulary> {
  if (segment.vocabulary !== undefined) return segment.vocabulary;
  const { listsAllTerms, sharedBlocks, segment: number } = segment.facts;
  const start = segmentStart(number);
  const [listed, shared] = await Promise.all([
    selectBlockRange(tx, start + vocabularyOffset, start + vocabularyOffset + 1),
    listsAllTerms
      ? []
      : selectBlockRange(tx, start + sharedBlock(0), start + sharedBlock(sharedBlocks)),
  ]);
  const vocabulary = readVocabulary(listed, shared);
  segment.keepVocabulary(vocabulary);
  return vocabulary;
}

function readVocabulary(listed: readonly BlockRow[], shared: readonly BlockRow[]): Vocabulary {
  const vocabulary = new Vocabulary();
  for (const { data } of listed) {
    const reader = new ByteReader(data);
    while (!reader.done) {
      const length = reader.varint();
      vocabulary.add(data, reader.position, reader.position + length);
      reader.skip(length);
    }
  }
  for (const { data } of shared)
    eachSharedTerm(data, (bytes, start, end) => {
      if (!isFacet(bytes, start)) vocabulary.add(bytes, start, end);
    });
  return vocabulary;
}
