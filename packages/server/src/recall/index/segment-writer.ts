import type { BlockRow } from '../../storage/statements/index-blocks.js';
import { headOffset, segmentStart, vocabularyOffset } from './block-address.js';
import { ByteWriter } from './byte-writer.js';
import type { DocumentColumns } from './document-columns.js';
import { isFacet } from './facets.js';
import type { SegmentFacts } from './segment-facts.js';
import { encodeHead } from './segment-head.js';
import {
  type BlockPart,
  maxPartBytes,
  sharedBlocksFor,
  TermBlockWriter,
  type TermPostings,
} from './term-blocks.js';

/** From this many bytes of shared blocks on, a segment lists all its terms apart, to be read without postings. */
const vocabularyFromBytes = 512 * 1024;

/** What is known of a segment before it is written. */
export interface SegmentPlan {
  readonly segment: number;
  readonly firstDoc: number;
  readonly endDoc: number;
  /** Estimate of the bytes of its shared term blocks. */
  readonly sharedBytes: number;
  readonly analysis: number;
}

/** Turns documents and terms into the rows of a new segment, handing out each as soon as it is full. */
export class SegmentWriter {
  readonly #plan: SegmentPlan;
  readonly #columns: DocumentColumns;
  readonly #emit: (row: BlockRow) => void;
  readonly #sharedBlocks: number;
  readonly #terms: TermBlockWriter;
  readonly #listsAllTerms: boolean;
  readonly #vocabulary = new ByteWriter(maxPartBytes);
  #vocabularyParts = 0;
  #bytes = 0;

  constructor(plan: SegmentPlan, columns: DocumentColumns, emit: (row: BlockRow) => void) {
    this.#plan = plan;
    this.#columns = columns;
    this.#emit = emit;
    this.#sharedBlocks = sharedBlocksFor(plan.sharedBytes);
    this.#listsAllTerms = plan.sharedBytes >= vocabularyFromBytes;
    this.#terms = new TermBlockWriter(this.#sharedBlocks, (part) => this.#row(part));
  }

  /** Terms come by hash, then by bytes. */
  add(term: TermPostings): void {
    const place = this.#terms.add(term);
    if ((place === 'shared' && !this.#listsAllTerms) || isFacet(term.term, 0)) return;
    if (this.#vocabulary.length + term.term.length + 2 > maxPartBytes) this.#endVocabularyPart();
    this.#vocabulary.block(term.term);
  }

  /** Hands out the last rows and says what was written. */
  end(): SegmentFacts {
    this.#terms.end();
    this.#endVocabularyPart();
    const head = encodeHead(this.#columns, this.#terms.ownHashes);
    for (let part = 0; part * maxPartBytes < head.length; part++) {
      const data = head.subarray(part * maxPartBytes, (part + 1) * maxPartBytes);
      this.#row({ offset: headOffset, part, data });
    }
    const { segment, firstDoc, endDoc, analysis } = this.#plan;
    return {
      segment,
      firstDoc,
      endDoc,
      documents: this.#columns.count,
      sharedBlocks: this.#sharedBlocks,
      ownTerms: this.#terms.ownHashes.length,
      listsAllTerms: this.#listsAllTerms,
      sharedBytes: this.#terms.sharedBytes,
      bytes: this.#bytes,
      analysis,
    };
  }

  #endVocabularyPart(): void {
    if (this.#vocabulary.length === 0) return;
    const data = this.#vocabulary.take();
    this.#row({ offset: vocabularyOffset, part: this.#vocabularyParts++, data });
  }

  #row({ offset, part, data }: BlockPart): void {
    this.#bytes += data.length;
    this.#emit({ block: segmentStart(this.#plan.segment) + offset, part, data });
  }
}
