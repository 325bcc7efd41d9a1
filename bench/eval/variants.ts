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

/**
 * Each conversation as one of its speakers would have had it with a machine: his own turns with a request at their
 * end, each answered by a long text that repeats most of it; questions about him alone, asked by himself. Shows what
 * roles are worth, and that a machine's echo does not push the person's own words aside.
 */
export function asChats(corpus: Corpus): Corpus[] {
  const speakers = [...new Set(corpus.documents.map(({ speaker }) => speaker!))];
  return speakers.map((me) => asChatOf(corpus, me, speakers.find((speaker) => speaker !== me)!));
}

const requests = [
  'Can you suggest some tips?',
  'Do you have any ideas for that?',
  'What would you recommend I do next?',
  'Could you help me plan this?',
];

function asChatOf(corpus: Corpus, me: string, other: string): Corpus {
  const fillers = corpus.documents.filter(({ speaker }) => speaker === other);
  const places = new Map<number, number>();
  const documents = corpus.documents.flatMap((turn, doc): Corpus['documents'][number][] => {
    if (turn.speaker !== me) return [];
    places.set(doc, places.size * 2);
    const about = { session: turn.session ?? null, occurredAt: turn.occurredAt ?? null };
    const content = `${turn.content} ${requests[doc % requests.length]!}`;
    return [
      { ...about, role: 'user', content },
      { ...about, role: 'assistant', content: echoOf(turn.content, doc, fillers) },
    ];
  });
  const aboutMe = corpus.questions.filter(
    ({ text, right }) =>
      text.includes(me) && !text.includes(other) && [...right].every((doc) => places.has(doc)),
  );
  const questions = aboutMe.map((question) => ({
    ...question,
    text: inFirstPerson(question.text, me),
    right: new Set([...question.right].map((doc) => places.get(doc)!)),
  }));
  return { name: `${corpus.name} as a chat of ${me}`, documents, questions };
}

function echoOf(content: string, doc: number, fillers: Corpus['documents']): string {
  const echoed = content.split(/\s+/).filter((_, at) => at % 3 !== 0);
  const more = [1, 2, 3, 4].map(
    (step) => fillers[scatter(doc * 7 + step) % fillers.length]!.content,
  );
  return `That sounds great! ${echoed.join(' ')}. ${more.join(' ')} Would you like more details?`;
}

const inFirstPerson = (text: string, me: string): string =>
  text
    .replaceAll(`${me}'s`, 'my')
    .replaceAll(me, 'I')
    .replace(/\bdoes I\b/, 'do I')
    .replace(/\bis I\b/, 'am I')
    .replace(/\bhas I\b/, 'have I');
