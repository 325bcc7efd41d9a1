/**
 * What the lexical index shows to ranking, and what text analysis hands to the index. Text analysis and ranking are
 * pure; where the arrays below come from (rows, blocks, a cache) is the index's business.
 */

/** Bits of {@link AnalysedDocument.flags}. The index stores and returns the 16 bits without looking at them. */
export const documentFlags = {
  /** Short and asks something: what comes next is likely the answer. */
  asks: 1 << 0,
  /** Names a moment: yesterday, last week, 2019, in March … */
  timeWord: 1 << 1,
  /** Its role is the person's: user or human. */
  userRole: 1 << 2,
  /** Its role is the machine's: assistant, ai, agent, bot, model. */
  assistantRole: 1 << 3,
  /** Names a number, in digits or words. */
  number: 1 << 4,
} as const;

/** The bits of either role. */
export const roleBits = documentFlags.userRole | documentFlags.assistantRole;

/** Where the four bits of the share of a text that is questions begin: 0 none of it, 15 all of it. */
export const questionShareShift = 8;

/** Where the three bits of what a text expresses begin: 0 nothing, else its place among the emotions, counted from 1. */
export const emotionShift = 12;

/** What text analysis makes of one memory; all that the index keeps of it, beside its session and speaker. */
export interface AnalysedDocument {
  /** Distinct terms (at most 64 UTF-16 units each) and how often each occurs, 1–255. */
  readonly terms: ReadonlyMap<string, number>;
  /** Terms in all, repeats counted, at most 65,535. */
  readonly length: number;
  /** Bits of {@link documentFlags}; 0–65,535. */
  readonly flags: number;
  /** UTC day number since 1970-01-01 (may be negative) when it happened; {@link noDay} when not known. */
  readonly day: number;
}

/** `days[doc]` of a document that does not say when it happened. Fits a signed 32-bit integer. */
export const noDay = -0x8000_0000;

/** `sessions[doc]` and `speakers[doc]` of a document without one. */
export const none = -1;

/** Where one term occurs: parallel arrays, `docs` strictly ascending, live documents only. */
export interface Postings {
  readonly docs: Uint32Array;
  /** Occurrences in the document of the same position, 1–255 (capped). */
  readonly frequencies: Uint8Array;
}

/** The postings of a term that nobody uses. */
export const noPostings: Postings = { docs: new Uint32Array(0), frequencies: new Uint8Array(0) };

/**
 * Read side of one tenant's lexical index at one moment. Document numbers ascend in store order.
 *
 * The dense arrays are addressed by document number and hold at least `head` elements (a cache may hand out longer
 * ones); what they say about a dead or absent document does not matter, `isLive` decides. Every call is synchronous:
 * the postings of the query's terms are fetched before the view is made. Ranking never writes to any of the arrays.
 */
export interface IndexView {
  /** One past the greatest document number. */
  readonly head: number;
  /** Live documents. */
  readonly documents: number;
  /** Mean `length` of the live documents; 0 when there are none. */
  readonly averageLength: number;
  isLive(doc: number): boolean;
  /** {@link noPostings} for a term that occurs nowhere. */
  postings(term: string): Postings;
  /** {@link AnalysedDocument.length} by document. */
  readonly lengths: Uint16Array;
  /** {@link AnalysedDocument.flags} by document. */
  readonly flags: Uint16Array;
  /** {@link AnalysedDocument.day} by document. */
  readonly days: Int32Array;
  /** Session ordinal by document, 0 ≤ ordinal < `sessionLengths.length`, or {@link none}. */
  readonly sessions: Int32Array;
  /** Speaker ordinal by document, 0 ≤ ordinal < `speakerDocuments.length`, or {@link none}. */
  readonly speakers: Int32Array;
  /** Sum of the live documents' lengths by session ordinal; 0 for a session without live documents. */
  readonly sessionLengths: Uint32Array;
  /** Number of live documents by speaker ordinal. */
  readonly speakerDocuments: Uint32Array;
  /**
   * Ordinals of the speakers one of whose `speakerKeys(name)` (text analysis) equals the key; empty when none does.
   * Two spellings of a name that differ in case or width only may be one ordinal or two.
   */
  speakersNamed(key: string): readonly number[];
}

/** Optional part of an index: terms that exist and look like one that does not. Asked only when a query finds nothing. */
export interface TermDictionary {
  /** Terms in use close to this one, best first; see `closestTerms` (text analysis) for the measure. */
  similarTerms(term: string, limit: number): Promise<readonly string[]>;
}
