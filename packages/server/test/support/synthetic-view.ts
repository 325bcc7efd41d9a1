import { type IndexView, noDay, noPostings, type Postings } from '../../src/recall/index-view.js';

/** A large index that looks like a conversation's: Zipf words, sessions of twenty turns, two speakers. */
export interface SyntheticView extends IndexView {
  /** The word of this rank: 0 is the commonest. */
  word(rank: number): string;
}

const wordsADocument = 35;
const turnsASession = 20;

/** Builds one straight into the arrays, always the same for a size. Words are drawn as log-uniform ranks. */
export function syntheticView(documents: number, vocabulary: number): SyntheticView {
  const random = seeded(documents);
  const docs = new Map<number, number[]>();
  for (let doc = 0; doc < documents; doc++)
    for (const word of drawWords(random, vocabulary)) {
      const list = docs.get(word);
      if (list === undefined) docs.set(word, [doc]);
      else list.push(doc);
    }
  const postings = new Map<string, Postings>();
  for (const [word, list] of docs)
    postings.set(nameOf(word), {
      docs: Uint32Array.from(list),
      frequencies: new Uint8Array(list.length).fill(1),
    });
  const sessions = Int32Array.from({ length: documents }, (_, doc) =>
    Math.floor(doc / turnsASession),
  );
  return {
    head: documents,
    documents,
    averageLength: wordsADocument,
    isLive: () => true,
    postings: (term) => postings.get(term) ?? noPostings,
    lengths: Uint16Array.from({ length: documents }, () => 15 + Math.floor(random() * 40)),
    flags: Uint16Array.from({ length: documents }, () => (random() < 0.3 ? 1 | (8 << 8) : 2)),
    days: new Int32Array(documents).fill(noDay),
    sessions,
    speakers: Int32Array.from({ length: documents }, (_, doc) => doc % 2),
    sessionLengths: new Uint32Array(Math.ceil(documents / turnsASession)).fill(
      wordsADocument * turnsASession,
    ),
    speakerDocuments: Uint32Array.of(Math.ceil(documents / 2), Math.floor(documents / 2)),
    speakersNamed: (key) => (key === 'ann' ? [0] : key === 'bob' ? [1] : []),
    word: nameOf,
  };
}

const nameOf = (rank: number): string => `w${rank}`;

function drawWords(random: () => number, vocabulary: number): Set<number> {
  const words = new Set<number>();
  for (let draw = 0; draw < wordsADocument; draw++)
    words.add(Math.floor(Math.exp(random() * Math.log(vocabulary))) - 1);
  return words;
}

/** Numbers in [0, 1) that are the same in every run (a linear congruential generator). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
