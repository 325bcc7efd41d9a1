/**
 * Address of a block within a tenant: segment, what it holds, and a number. Every address can be told from the
 * segment's row in `index_states` and a term, so that one equality look-up reads all that a query needs.
 */
const numbers = 2 ** 24;
const kinds = 4;
const span = kinds * numbers;

/** What is read of a segment before any term, in parts. */
export const headOffset = 0;
/** The segment's distinct terms, sorted, in parts. */
export const vocabularyOffset = numbers;
/** Terms with few postings share blocks, by hash. */
const sharedOffset = 2 * numbers;
/** A term with many postings has parts of its own, under 24 bits of its hash. */
const ownOffset = 3 * numbers;

/** First address of a segment; the next segment's first address ends it. 2^27 segments fit a safe integer. */
export const segmentStart = (segment: number): number => segment * span;

/** Which of the segment's shared blocks a term lies in: blocks divide the hashes into equal ranges. */
export const sharedNumber = (hash: number, sharedBlocks: number): number =>
  Math.floor((hash * sharedBlocks) / 2 ** 32);

/** Offset in its segment of a shared block. */
export const sharedBlock = (number: number): number => sharedOffset + number;

/** Offset in its segment of a term's own parts. */
export const ownBlock = (hash: number): number => ownOffset + (hash >>> 8);
