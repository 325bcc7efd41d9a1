import { describe, expect, it } from 'vitest';
import { analyseQuery } from '../../../src/recall/analysis/query.js';
import { createRank } from '../../../src/recall/ranking/rank.js';
import { MemoryIndex, type TestDocument } from '../../support/memory-index.js';

const rank = createRank();
const find = (documents: readonly TestDocument[], query: string): readonly number[] =>
  rank(new MemoryIndex(documents).view(), analyseQuery(query), { limit: 100 }).docs;

const on = (date: string): number => Date.parse(date) / 1000;
/** Turns of one session between Ann and Bob in turns. */
const talk = (session: string, ...lines: string[]): TestDocument[] =>
  lines.map((content, at) => ({ content, session, speaker: at % 2 === 0 ? 'Ann' : 'Bob' }));
const smallTalk = talk('weather', 'The rain is heavy.', 'Indeed heavy.', 'So be it.', 'Bye now.');

describe('the turns around a turn', () => {
  it('lead to an answer that shares no word with the question', () => {
    const documents = [
      ...smallTalk,
      ...talk('books', 'What is your favourite book?', 'Dune, by far!', 'Nice.'),
      ...talk('shops', 'This book shop is my favourite.', 'Same here.'),
    ];
    expect(find(documents, 'favourite book of Bob')[0]).toBe(5);
  });

  it('lift what comes after a question more than what comes after a statement', () => {
    const answered = talk('s', 'Which harbour is it?', 'Whitby.');
    const told = talk('t', 'That harbour is it.', 'Whitby.');
    const docs = find([...smallTalk, ...answered, ...told], 'harbour');
    expect(docs.indexOf(5)).toBeLessThan(docs.indexOf(7));
  });

  it('do not lift what a machine answers', () => {
    const chat = (session: string, role: string): TestDocument[] => [
      { content: 'Which harbour is it?', session, role: 'person' },
      { content: 'Whitby it is.', session, role },
    ];
    const documents = [...smallTalk, ...chat('s', 'assistant'), ...chat('t', 'friend')];
    const docs = find(documents, 'harbour');
    expect(docs.indexOf(7)).toBeLessThan(docs.indexOf(5));
  });

  it('are those of the same session, even when two sessions were stored in turns', () => {
    const one = talk('one', 'Which harbour is it?', 'Whitby.');
    const two = talk('two', 'Is it raining?', 'Not yet.');
    const docs = find([one[0]!, two[0]!, two[1]!, one[1]!, ...smallTalk], 'harbour');
    expect(docs).toEqual([3, 0].toSorted((a, b) => docs.indexOf(a) - docs.indexOf(b)));
  });

  it('are the live ones: a forgotten turn between two hides neither from the other', () => {
    const index = new MemoryIndex([
      ...smallTalk,
      ...talk('books', 'Which harbour is it?', 'Sorry, again?', 'Whitby.'),
    ]);
    index.remove(5);
    const { docs } = rank(index.view(), analyseQuery('harbour'), { limit: 10 });
    expect(docs).toContain(6);
    expect(docs).not.toContain(5);
  });

  it('count for nothing without a session', () => {
    const documents = talk('s', 'Which harbour is it?', 'Whitby.').map((turn) => ({
      ...turn,
      session: null,
    }));
    expect(find(documents, 'harbour')).toEqual([0]);
  });
});

describe('the session of a turn', () => {
  it('decides between two equal turns', () => {
    const documents = [
      ...talk('boats', 'We took the boat.', 'Hm.', 'Hm.', 'Hm.', 'Then tea.'),
      ...talk('weather', 'We took shelter.', 'Hm.', 'Hm.', 'Hm.', 'Then tea.'),
      ...smallTalk,
    ];
    const docs = find(documents, 'boat tea');
    expect(docs.indexOf(4)).toBeLessThan(docs.indexOf(9));
  });

  it('is not disturbed by turns about something else in another', () => {
    const documents = [
      ...talk('boats', 'We took the boat.', 'To the harbour?', 'Yes.'),
      ...smallTalk,
    ];
    const before = find(documents, 'boat harbour');
    const after = find(
      [...documents, ...talk('cooking', 'Soup is ready.', 'Smells fine.')],
      'boat harbour',
    );
    expect(after).toEqual(before);
  });
});

describe('who said it', () => {
  const documents = [...smallTalk, ...talk('boats', 'I bought a boat.', 'I bought a boat.')];

  it('decides when the query names a speaker', () => {
    expect(find(documents, 'What did Ann buy, a boat?')[0]).toBe(4);
    expect(find(documents, 'What did Bob buy, a boat?')[0]).toBe(5);
    expect(find(documents, "bob's boat")[0]).toBe(5);
  });

  it('is whom the query names first, unless it names them together', () => {
    expect(find(documents, 'What did Ann tell Bob about the boat?')[0]).toBe(4);
    const first = find(documents, 'boat of Ann and Bob');
    expect(first[0]).toBe(find(documents, 'boat of Bob and Ann')[0]);
  });

  it('is found by the name alone', () => {
    expect(new Set(find(documents, 'Bob'))).toEqual(new Set([1, 3, 5]));
  });

  it('is the person himself when he asks about himself, and the machine when he asks what it said', () => {
    const chat: TestDocument[] = [
      { content: 'A hotel near the harbour.', session: 's', role: 'user' },
      { content: 'A hotel near the harbour.', session: 's', role: 'assistant' },
    ];
    expect(find([...chat, ...smallTalk], 'Which hotel did I like?')[0]).toBe(0);
    expect(find([...chat, ...smallTalk], 'Which hotel did you recommend to me?')[0]).toBe(1);
  });
});

describe('when it was', () => {
  const meal = (date: string | null): TestDocument => ({
    content: 'We had soup.',
    occurredAt: date === null ? null : on(date),
  });
  const meals = ['2023-05-21', '2023-05-22', '2023-05-30', '2023-06-21', '2022-05-21', null].map(
    meal,
  );

  it('decides when the query names a day: that day, the next, its month', () => {
    expect(find(meals, 'soup on 21 May 2023').slice(0, 3)).toEqual([0, 1, 2]);
  });

  it('decides when the query names a month or a year', () => {
    expect(new Set(find(meals, 'soup in May 2023').slice(0, 3))).toEqual(new Set([0, 1, 2]));
    expect(find(meals, 'soup in 2022')[0]).toBe(4);
    expect(find(meals, 'soup in June')[0]).toBe(3);
  });

  it('finds the memories of a day by the day alone', () => {
    expect(new Set(find(meals, 'What happened on 2023-06-21?'))).toEqual(new Set([3]));
  });

  it('prefers texts that name a moment or a number when the query asks for one', () => {
    const documents = ['We got a cat.', 'We got a cat yesterday.', 'We got seven cats.'].map(
      (content) => ({ content }),
    );
    expect(find(documents, 'When did we get a cat?')[0]).toBe(1);
    expect(find(documents, 'How many cats did we get?')[0]).toBe(2);
  });
});

describe('questions', () => {
  it('give way to statements in a conversation', () => {
    const documents = [
      ...smallTalk,
      ...talk('a', 'So much for the boat.', 'Right.'),
      ...talk('b', 'What about the boat?', 'Right.'),
    ];
    const docs = find(documents, 'boat');
    expect(docs.indexOf(4)).toBeLessThan(docs.indexOf(6));
  });

  it('count in full where there is no conversation', () => {
    const facts = [{ content: 'What about the boat?' }, { content: 'So, about the boat.' }];
    const { scores } = rank(new MemoryIndex(facts).view(), analyseQuery('boat'), { limit: 2 });
    expect(scores[0]).toBe(scores[1]);
  });
});
