import type { Corpus } from './corpus.js';

/** The same documents as plain facts: no session, speaker or date, in an order that tells nothing. */
export function asFacts(corpus: Corpus): Corpus {
  const order = corpus.documents.map((_, doc) => doc).sort((a, b) => scatter(a) - scatter(b));
  const places = new Map(order.map((doc, place) => [doc, place]));
  return {
    name: `${corpus.name} as facts`,
    documents: order.map((doc) => ({ content: corpus.documents[doc]!.content })),
    questions: corpus.questions.map((question) => ({
      ...question,
      right: new Set([...question.right].map((doc) => places.get(doc)!)),
    })),
  };
}

/** Spreads whole numbers over 32 bits (Knuth's multiplicative hash). */
const scatter = (number: number): number => Math.imul(number + 1, 2_654_435_761) >>> 0;

/** All documents in one tenant, with all questions. */
export function asOneTenant(corpora: readonly Corpus[]): Corpus {
  let from = 0;
  const questions = corpora.flatMap((corpus) => {
    const base = from;
    from += corpus.documents.length;
    return corpus.questions.map((question) => ({
      ...question,
      right: new Set([...question.right].map((doc) => base + doc)),
    }));
  });
  return {
    name: 'one tenant',
    documents: corpora.flatMap(({ documents }) => documents),
    questions,
  };
}
