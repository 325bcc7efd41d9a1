import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldCase, normaliseText } from '../../../src/recall/analysis/normalise.js';
import { maxTermLength, wordTerms } from '../../../src/recall/analysis/words.js';

const termsOf = (text: string): string[] => wordTerms(normaliseText(text));

describe('words become terms', () => {
  it('brings the forms of a word together', () => {
    expect(termsOf('She bought a car. Buying cars! He buys.')).toEqual([
      'bui',
      'car',
      'bui',
      'car',
      'bui',
    ]);
    expect(termsOf('went going gone children')).toEqual(['go', 'go', 'go', 'child']);
  });

  it('brings everyday variants together', () => {
    expect(termsOf("my mom's pics")).toEqual(termsOf('the photos of mother').toReversed());
    expect(termsOf('favourite colours')).toEqual(termsOf('favorite color'));
  });

  it('leaves out stop words and what contractions leave of them, but no acronym', () => {
    expect(termsOf("I don't know what you'll do, it isn't there; he can’t")).toEqual(['know']);
    expect(termsOf('moved from IT to the US')).toEqual(['move', 'it', 'us']);
  });

  it('sees through accents, width, ligatures and curly apostrophes', () => {
    expect(termsOf('Café ＦＵＬＬ ﬁne Ann’s')).toEqual(['cafe', 'full', 'fine', 'ann']);
  });

  // All kinds of pieces that a text of ASCII is cut at.
  const piece = fc.oneof(
    fc.stringMatching(/^[A-Za-z]{1,8}$/),
    fc.stringMatching(/^[ -~]{1,4}$/),
    fc.constantFrom('C++', 'F#', "don't", "Ann's", 'user_id', 'parseHTTP2', 'https://', '\n'),
  );

  it('cuts a text of ASCII as any other', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        expect(wordTerms(`é ${text}`)).toEqual(['e', ...wordTerms(text)]);
      }),
    );
  });

  it('takes a plain word as it takes one in an address', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z]?[a-z]{1,9}$/), (word) => {
        expect(wordTerms(word)).toEqual(wordTerms(`1/${word}`).slice(2));
      }),
    );
  });

  it('keeps the vowel signs of other scripts', () => {
    expect(termsOf('हिन्दी русский йод')).toEqual(['हिन्दी', 'русский', 'йод']);
  });
});

describe('compounds are found whole and in parts', () => {
  it.each([
    ['userId', ['userid', 'user', 'id']],
    ['user_id', ['userid', 'user', 'id']],
    ['user-id', ['userid', 'user', 'id']],
    ['parseHTTPRequest2', ['parsehttprequest2', 'pars', 'http', 'request', '2']],
    ['node.server.port', ['nodeserverport', 'node', 'server', 'port']],
    ['v1.2.3', ['v1.2.3', 'v', '1', '2', '3']],
    ['192.168.0.1', ['192.168.0.1', '192', '168', '0', '1']],
    ['2023-05-21', ['2023-05-21', '2023', '5', '21']],
    ['1,200.50', ['1200.50', '1200', '50']],
    ['iPhone15', ['iphone15', 'phone', '15']],
    ['C++ and C#', ['c++', 'c#']],
    ['the 21st, the 1990s', ['21', '1990']],
  ])('%s', (text, terms) => {
    expect(termsOf(text)).toEqual(terms);
  });

  it('takes addresses apart at their seams too', () => {
    const mail = termsOf('ann.lee@example.com');
    expect(mail).toEqual(
      expect.arrayContaining([...termsOf('ann lee'), ...termsOf('example.com')]),
    );
    expect(mail).toContain('annleeexamplecom');
    const url = termsOf('https://docs.example.com/guide/start.html?tab=api');
    expect(url).toEqual(expect.arrayContaining(termsOf('docs.example.com')));
    expect(url).toEqual(expect.arrayContaining(termsOf('start.html')));
    expect(url).toEqual(expect.arrayContaining(['guid', 'tab', 'api']));
  });

  it('does not take the numbers 1.2.3 and 123 for one', () => {
    expect(termsOf('1.2.3')).not.toContain('123');
  });

  it('finds every identifier by any of its spellings', () => {
    const parts = fc.array(fc.stringMatching(/^[a-z]{3,8}$/), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(parts, (words) => {
        const camel = words.map((word, at) =>
          at === 0 ? word : word[0]!.toUpperCase() + word.slice(1),
        );
        const [whole] = termsOf(words.join('_'));
        expect(termsOf(camel.join(''))[0]).toBe(whole);
        expect(termsOf(words.join('-'))[0]).toBe(whole);
      }),
    );
  });
});

describe('any text at all', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 300 });

  it('gives terms of 1 to 64 units without spaces, always the same', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const terms = termsOf(text);
        for (const term of terms) {
          expect(term.length).toBeGreaterThan(0);
          expect(term.length).toBeLessThanOrEqual(maxTermLength);
          expect(term).not.toMatch(/\s/);
        }
        expect(termsOf(text)).toEqual(terms);
      }),
    );
  });

  it('is normalised once and for all', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const normal = normaliseText(text);
        expect(normaliseText(normal)).toBe(normal);
        const folded = foldCase(normal);
        expect(foldCase(folded)).toBe(folded);
      }),
    );
  });

  it('takes time in proportion to its length, however it is made', () => {
    for (const piece of [
      'a.',
      "a'",
      'aB',
      '1,',
      '1/1/',
      'in - ',
      'a_',
      '가 ',
      '?',
      '\n',
      'http://',
    ]) {
      const start = performance.now();
      termsOf(piece.repeat(16_384));
      expect(performance.now() - start).toBeLessThan(2_000);
    }
  });
});
