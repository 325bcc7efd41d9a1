import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateMentions, dateTerm } from '../../../src/recall/analysis/dates.js';
import { calendarDate, dayNumber, dayOf } from '../../../src/recall/analysis/day.js';
import { termsOfText } from '../../../src/recall/analysis/text-terms.js';

describe('dates that a text names', () => {
  it.each([
    ['on 2023-05-21 at 10:30', [{ year: 2023, month: 5, day: 21 }]],
    ['May 21st, 2023', [{ year: 2023, month: 5, day: 21 }]],
    ['the 21st of May', [{ month: 5, day: 21 }]],
    ['in December 2019', [{ year: 2019, month: 12 }]],
    ['back in March', [{ month: 3 }]],
    ['around 1999', [{ year: 1999 }]],
    ['2023년 5월 21일', [{ year: 2023, month: 5, day: 21 }]],
    ['3월에', [{ month: 3 }]],
    ['2023年5月21日', [{ year: 2023, month: 5, day: 21 }]],
    ['I may march on', []],
    ['maybe the mayor decides in octaves', []],
    ['since Sept. it rains', [{ month: 9 }]],
    ['the 45th of May', [{ month: 5 }]],
    ['version 2023.99.1 costs 12345', []],
  ])('%s', (text, mentions) => {
    expect(dateMentions(text)).toEqual(mentions);
  });

  it('are one term, however they are written', () => {
    for (const text of ['2023-05-21', '21 May 2023', 'May 21st, 2023', '2023년 5월 21일'])
      expect(termsOfText(text).words).toContain('2023-05-21');
    expect(dateTerm({ month: 5, day: 21 })).toBeUndefined();
  });
});

describe('day numbers', () => {
  it('are days since 1970 in UTC, before it too', () => {
    expect(dayOf(0)).toBe(0);
    expect(dayOf(-1)).toBe(-1);
    expect(dayNumber(1970, 1, 2)).toBe(1);
    expect(dayNumber(2023, 13, 1)).toBe(dayNumber(2024, 1, 1));
  });

  it('lead back to the date that they came from, from year 1 to 9999', () => {
    fc.assert(
      fc.property(fc.integer({ min: -719_162, max: 2_932_896 }), (day) => {
        const date = calendarDate(day);
        expect(dayNumber(date.year, date.month, date.day)).toBe(day);
      }),
    );
  });
});
