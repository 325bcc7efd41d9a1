import { limits } from '@stellar-memory/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseDocument } from '../../../src/recall/analysis/document.js';
import { intentOf } from '../../../src/recall/analysis/intent.js';
import { nameCandidates, speakerKeys } from '../../../src/recall/analysis/names.js';
import { analyseQuery } from '../../../src/recall/analysis/query.js';

const termsOf = (query: string): string[] => analyseQuery(query).terms.map(({ term }) => term);

describe('a query', () => {
  it('has the terms that a document with the same words has', () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(anyText, (text) => {
        const { terms } = analyseDocument({
          content: text,
          speaker: null,
          role: null,
          occurredAt: null,
        });
        const wanted = termsOf(text);
        expect(new Set(wanted).size).toBe(wanted.length);
        expect(wanted.every((term) => terms.has(term))).toBe(true);
        expect(wanted).toHaveLength(Math.min(terms.size, limits.queryTerms));
      }),
    );
  });

  it('is cut at 64 terms, words before pairs before characters', () => {
    const hangul = Array.from({ length: 60 }, (_, at) => String.fromCodePoint(0xac00 + at * 29));
    const terms = termsOf(`harbour ${hangul.join('')}`);
    expect(terms).toHaveLength(limits.queryTerms);
    expect(terms[0]).toBe('harbour');
    expect(terms.slice(2, 61).every((term) => term.length === 2)).toBe(true);
  });

  it('gives a Korean word about the weight of an English one, spread over its pieces', () => {
    const weights = analyseQuery('메일을').terms.map(({ term, weight }) => [term, weight]);
    expect(weights).toEqual([
      ['메일', 0.4],
      ['일을', 0.2],
      ['메', 0.25],
      ['일', 0.25],
      ['을', 0.25],
    ]);
  });

  it('asks less for Korean words that only say how it asks, and for those last', () => {
    const { terms } = analyseQuery('메일을 어떻게 지워? 알려줘');
    const weights = new Map(terms.map(({ term, weight }) => [term, weight]));
    expect(weights.get('메일')).toBe(0.4);
    expect(weights.get('알려줘')).toBeCloseTo(0.4 * 0.3, 12);
    const told = terms.map(({ term }) => term);
    expect(told.indexOf('지')).toBeLessThan(told.indexOf('어떻게'));
    // Nothing else to go by.
    expect(analyseQuery('어떻게').terms[0]).toEqual({ term: '어떻게', weight: 0.4 });
    expect(analyseQuery('React 뭐야').terms.at(-1)!.weight).toBeLessThan(0.1);
  });

  it('may have no terms at all', () => {
    expect(analyseQuery('what is it?').terms).toEqual([]);
  });
});

describe('what a query wants', () => {
  it.each([
    ['When did we meet?', { moment: true, quantity: false, side: undefined }],
    ['What year was it?', { moment: true, quantity: false, side: undefined }],
    ['언제 만났어?', { moment: true, quantity: false, side: undefined }],
    ['How many cats are there?', { moment: false, quantity: true, side: undefined }],
    ['What did I study?', { moment: false, quantity: false, side: 'user' }],
    ['내가 좋아하는 음식', { moment: false, quantity: false, side: 'user' }],
    ['What did you recommend to me?', { moment: false, quantity: false, side: 'assistant' }],
    ['the place you once mentioned', { moment: false, quantity: false, side: 'assistant' }],
    ['Can you tell me what my plan was?', { moment: false, quantity: false, side: 'user' }],
    ['plans for the harbour', { moment: false, quantity: false, side: undefined }],
  ])('%s', (query, intent) => {
    expect(intentOf(query)).toEqual(intent);
  });
});

describe('names in a query', () => {
  const keysOf = (query: string): string[] => nameCandidates(query).flatMap(({ keys }) => keys);

  it('meet the keys of the speakers who bear them', () => {
    expect(speakerKeys('Caroline Ó Brien')).toEqual(['caroline', 'brien']);
    expect(keysOf("What is Caroline's plan?")).toContain('caroline');
    expect(speakerKeys('김민수')).toEqual(['김민수', '민수']);
    expect(keysOf('민수가 뭐라고 했지?')).toContain('민수');
    expect(keysOf('지연씨는 어디에')).toContain('지연');
  });

  it('are no names when they are common words, unless a capital inside the sentence says so', () => {
    expect(keysOf('What will he do?')).not.toContain('will');
    expect(keysOf('Will he come?')).not.toContain('will');
    expect(keysOf('What does Will want?')).toContain('will');
  });

  it('know the words that join them', () => {
    expect(nameCandidates('Ann and Bob').map(({ links }) => links)).toEqual([false, true, false]);
  });

  it('have no key that is a bare number or letter', () => {
    expect(speakerKeys('agent 7 b')).toEqual(['agent']);
  });
});
