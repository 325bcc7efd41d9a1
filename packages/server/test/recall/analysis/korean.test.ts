import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gramsOf } from '../../../src/recall/analysis/grams.js';
import { hangulWords } from '../../../src/recall/analysis/particles.js';
import { termsOfText } from '../../../src/recall/analysis/text-terms.js';

describe('scripts without spaces', () => {
  it('are cut into characters and pairs, across spaces', () => {
    expect(gramsOf('새 차, 東京')).toEqual({
      unigrams: ['새', '차', '東', '京'],
      bigrams: ['새차', '東京'],
    });
  });

  it('leave Latin words and numbers beside them alone', () => {
    expect(termsOfText('AI비서가 3월에 5G를')).toMatchObject({
      words: ['ai', '3', '5g', '5', 'g'],
      hangul: ['비서'],
    });
  });

  it('treat Japanese, Chinese and Thai alike', () => {
    expect(gramsOf('タワー').bigrams).toEqual(['タワ', 'ワー']);
    expect(gramsOf('北京大学').unigrams).toHaveLength(4);
    expect(gramsOf('สวัสดี').unigrams.length).toBeGreaterThan(3);
  });

  it('share every pair of a text with any text that holds it, however it is spaced', () => {
    const syllables = fc.stringMatching(/^[가-힣]{2,12}$/);
    fc.assert(
      fc.property(syllables, fc.nat(), (text, at) => {
        const cut = at % text.length;
        const spaced = `${text.slice(0, cut)} ${text.slice(cut)}`;
        expect(gramsOf(spaced).bigrams).toEqual(gramsOf(text).bigrams);
      }),
    );
  });
});

describe('Korean words', () => {
  it('lose the particle at their end', () => {
    expect(hangulWords('회의에서 민수가 메일을 보냈다')).toEqual([
      '회의',
      '민수',
      '메일',
      '보냈다',
    ]);
  });

  it('are left out when one syllable is left, which is a character already', () => {
    expect(hangulWords('나는 차를')).toEqual([]);
  });
});
