import type { BlockRow } from '../../storage/statements/index-blocks.js';
import type { RecentRow } from '../../storage/statements/index-recent.js';
import { ownBlock, segmentStart, sharedBlock, sharedNumber } from './block-address.js';
import { DocumentColumns } from './document-columns.js';
import { decodeEntry, eachTerm } from './entry-codec.js';
import { PostingBuffer, readLongPostings, readPostings } from './postings-codec.js';
import type { SegmentFacts } from './segment-facts.js';
import { decodeHead } from './segment-head.js';
import { eachSharedTerm, type VisitTerm, visitOwnTerm } from './term-blocks.js';
import { TermGroups } from './term-groups.js';
import { termHash } from './term-hash.js';

/** Term hashes from `low` up to, not including, `high`: a merge goes through them piece by piece. */
export interface HashRange {
  readonly low: number;
  readonly high: number;
}

/** Addresses from `from` up to, not including, `to`. */
export interface AddressRange {
  readonly from: number;
  readonly to: number;
}

/** An old segment in a merge: its documents are already in the new columns, its terms are still to come. */
export class MergedSegment {
  readonly facts: SegmentFacts;
  /** New ordinal by old ordinal, or -1 for the dead. */
  readonly #ordinals: Int32Array;
  readonly #scratch = new PostingBuffer();

  /** Appends the living documents to the columns. */
  constructor(
    facts: SegmentFacts,
    head: Uint8Array,
    dead: ReadonlySet<number>,
    into: DocumentColumns,
  ) {
    this.facts = facts;
    const columns = new DocumentColumns(facts.documents);
    decodeHead(head, columns);
    this.#ordinals = new Int32Array(columns.count);
    let next = into.count;
    into.appendFrom(columns, 0, columns.count, (ordinal) => {
      const lives = !dead.has(columns.docs[ordinal]!);
      this.#ordinals[ordinal] = lives ? next++ : -1;
      return lives;
    });
  }

  /** Where the blocks lie that hold terms of these hashes, and others beside them. */
  ranges({ low, high }: HashRange): AddressRange[] {
    const { segment, sharedBlocks, ownTerms } = this.facts;
    const start = segmentStart(segment);
    const first = sharedBlock(sharedNumber(low, sharedBlocks));
    const last = sharedBlock(sharedNumber(high - 1, sharedBlocks));
    const shared = { from: start + first, to: start + last + 1 };
    if (ownTerms === 0) return [shared];
    return [shared, { from: start + ownBlock(low), to: start + ownBlock(high - 1) + 1 }];
  }

  /** Adds the postings of the terms of these hashes, as new ordinals, to the groups. */
  gather(rows: readonly BlockRow[], { low, high }: HashRange, into: TermGroups): void {
    const ownFrom = segmentStart(this.facts.segment) + ownBlock(0);
    const adding =
      (read: typeof readPostings): VisitTerm =>
      (bytes, start, end, postings) => {
        const hash = termHash(bytes, start, end);
        if (hash < low || hash >= high) return;
        this.#scratch.length = 0;
        read(postings, this.#scratch);
        this.#renumber(into, into.of(hash, bytes, start, end));
      };
    const [addShared, addOwn] = [adding(readPostings), adding(readLongPostings)];
    for (const { block, data } of rows)
      if (block < ownFrom) eachSharedTerm(data, addShared);
      else visitOwnTerm(data, addOwn);
  }

  /** Moves the postings that were read to a group, as new ordinals. */
  #renumber(into: TermGroups, group: number): void {
    const { length, ordinals, frequencies } = this.#scratch;
    for (let index = 0; index < length; index++) {
      const ordinal = this.#ordinals[ordinals[index]!]!;
      if (ordinal >= 0) into.push(group, ordinal, frequencies[index]!);
    }
  }
}

/** Recent documents in a merge. */
export interface MergedRecents {
  readonly terms: TermGroups;
  /** Least version of text analysis among the entries. */
  readonly analysis: number;
}

/** Appends the living recent documents to the columns and gathers their terms. */
export function mergeRecents(
  rows: readonly RecentRow[],
  dead: ReadonlySet<number>,
  into: DocumentColumns,
): MergedRecents {
  const terms = new TermGroups();
  let analysis = Number.MAX_SAFE_INTEGER;
  for (const row of rows) {
    if (dead.has(row.doc)) continue;
    const entry = decodeEntry(row.entry);
    const ordinal = into.count;
    into.append(row.doc, entry.facts);
    analysis = Math.min(analysis, entry.analysis);
    eachTerm(entry, (bytes, start, end, frequency) =>
      terms.push(terms.of(termHash(bytes, start, end), bytes, start, end), ordinal, frequency),
    );
  }
  return { terms, analysis };
}
