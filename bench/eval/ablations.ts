import { defaultWeights, type Weights } from '../../packages/server/src/recall/ranking/weights.js';

const without = (changes: Partial<Weights>): Weights => ({ ...defaultWeights, ...changes });

const noNeighbours = { previous: 0, answer: 0, next: 0, secondPrevious: 0, secondNext: 0 };
const noSession = { sessionBest: 0, session: 0 };
const noDates = { day: 0, nextDay: 0, month: 0, year: 0 };
const noContext = {
  ...noNeighbours,
  ...noSession,
  ...noDates,
  speaker: 0,
  side: 0,
  moment: 0,
  quantity: 0,
  question: 0,
  nameAsWord: 1,
  // A share that nothing reaches.
  exact: 2,
};

/** BM25 as the textbook has it. */
export const plainBm25: Weights = without({ ...noContext, b: 0.75, lengthFloor: 0 });

/** Each part of the ranking taken out of the whole. */
export const ablations: readonly (readonly [name: string, weights: Weights])[] = [
  ['everything', defaultWeights],
  ['− length floor', without({ lengthFloor: 0 })],
  ['− neighbours', without(noNeighbours)],
  ['− answers lifted more than other next turns', without({ answer: defaultWeights.previous })],
  ['− damping of repeated terms', without({ repeated: 1 })],
  ['− session', without(noSession)],
  ['− session’s best turn', without({ sessionBest: 0 })],
  ['− session as one text', without({ session: 0 })],
  ['− speaker', without({ speaker: 0, nameAsWord: 1 })],
  ['− first-named speaker ahead of later ones', without({ laterSpeaker: 1 })],
  ['− names as faint words', without({ nameAsWord: 0 })],
  ['− dates', without(noDates)],
  ['− moments and quantities', without({ moment: 0, quantity: 0 })],
  ['− questions held back', without({ question: 0 })],
  ['− a memory that alone has the word comes first', without({ exact: 2 })],
  ['− all context (BM25 with floor)', without(noContext)],
  ['plain BM25', plainBm25],
];
