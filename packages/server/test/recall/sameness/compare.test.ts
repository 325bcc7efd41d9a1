import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare } from '../../../src/recall/sameness/compare.js';
import { statementOf } from '../../../src/recall/sameness/statement.js';

const told = (first: string, second: string) => compare(statementOf(first)!, statementOf(second)!);

describe('two statements', () => {
  test('are near when one says the other, and it is told which', () => {
    const less = 'The search index is owned by the data team.';
    const more = 'The search index is officially owned by the data team.';
    expect(told(less, more)).toMatchObject({ relation: 'near', saysAll: 'second' });
    expect(told(more, less)).toMatchObject({ relation: 'near', saysAll: 'first' });
    expect(told(less, less.toUpperCase())).toMatchObject({ similarity: 1, saysAll: 'first' });
  });

  test.each([
    ['Mina lives in Seoul.', 'Mina now lives in Busan.'],
    ['The deadline is Friday.', 'The deadline is Monday.'],
    ['Dark mode is enabled for Ben.', 'Dark mode is disabled for Ben.'],
    ['Ben eats meat at home.', "Ben doesn't eat meat at home."],
    ['미나의 이메일은 mina@a.kr입니다.', '미나의 이메일은 mina@b.kr입니다.'],
  ])('contradict each other: %s %s', (first, second) => {
    expect(told(first, second)).toMatchObject({ relation: 'contradicts' });
    expect(told(second, first)).toMatchObject({ relation: 'contradicts' });
  });

  test.each([
    ['Mina is tall.', 'Mina is kind.'],
    ['Ann paid Ben.', 'Ben paid Ann.'],
    ['Mina likes tea.', 'Mina likes chess.'],
    ['Mina lives in Seoul.', 'Ben lives in Seoul.'],
    ['Order 17 was shipped to Mina.', 'Order 18 was shipped to Mina.'],
    ['', ''],
  ])('have nothing to do with each other: %s %s', (first, second) => {
    expect(told(first, second)).toBeUndefined();
  });

  test('are alike as much from either side, whatever they are', () => {
    const word = fc.constantFrom(
      'mina',
      'lives',
      'in',
      'seoul',
      'not',
      '3',
      'is',
      '미나는',
      '산다',
      "don't",
      '  ',
      '!',
    );
    const text = fc
      .array(fc.oneof(word, fc.string()), { maxLength: 12 })
      .map((all) => all.join(' '));
    fc.assert(
      fc.property(text, text, (first, second) => {
        const [one, other] = [told(first, second), told(second, first)];
        expect(other?.relation).toBe(one?.relation);
        expect(other?.similarity).toBe(one?.similarity);
      }),
    );
  });

  test('are no statements when they are longer than v1 let texts become', () => {
    expect(statementOf('a'.repeat(2_001))).toBeUndefined();
  });
});
