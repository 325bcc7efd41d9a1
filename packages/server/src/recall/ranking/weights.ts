/**
 * What each part of the ranking counts. Round numbers on plateaus: halving or doubling any one of them moves R@10 by
 * less than a point, and the choice stays the same when a conversation is left out. Gains of the parts: ADR on recall
 * quality. Unless said otherwise a weight is in units of a BM25 score, where a rare word is worth about five.
 */
export const defaultWeights = {
  /** Saturation of repeated terms. */
  k1: 1.2,
  /** How much a long text is held against it. */
  b: 0.9,
  /** Shorter texts count as this long: brevity is no merit. Terms. */
  lengthFloor: 20,
  /** … but for this share of what they lack: of two that match alike, the shorter is about nothing else. */
  belowFloor: 0.01,

  /** Share of the score of the turn before that a turn takes over … */
  previous: 0.3,
  /** … when that turn asked something, for then this one is the answer … */
  answer: 0.7,
  /** … of the turn after, of the one before the last, of the one after the next. */
  next: 0.3,
  secondPrevious: 0.3,
  secondNext: 0.1,
  /** What of that counts for a term that the turn has itself. */
  repeated: 0.5,

  /** Share of the score of the session's best turn. */
  sessionBest: 0.25,
  /** Share of the BM25 score of the session taken as one text … */
  session: 0.5,
  /** … with these constants. */
  sessionK1: 1.2,
  sessionB: 0.75,

  /** For the speaker whom the query names, plus the rarity of what he says. */
  speaker: 4,
  /** Share of that for one who is named after another: "what did Ann tell Bob". */
  laterSpeaker: 0.5,
  /** What a speaker's name still counts as a word. */
  nameAsWord: 0.2,
  /** For the person's own words when he asks about himself, the machine's when he asks what it said. */
  side: 5,

  /** For a text that names a moment when the query wants one. */
  moment: 2,
  /** For a text that names a quantity when the query wants one. */
  quantity: 2,
  /** For a memory of the day that the query names … */
  day: 8,
  /** … of the day before or after … */
  nextDay: 6,
  /** … of the month when no day is named … */
  month: 4,
  /** … of the year when no month is, or of the month but another day. */
  year: 2,

  /** Share of the whole score that a text loses which does nothing but ask. */
  question: 0.3,

  /** Share of a query's worth in words that one document alone has, from which on that document comes first. */
  exact: 0.5,

  /** Best documents by their own words that context is looked at for, and as many neighbours as they have. */
  candidates: 2_000,
} as const;

/** Other numbers in the same places, to measure what a part is worth. */
export type Weights = Readonly<Record<keyof typeof defaultWeights, number>>;
