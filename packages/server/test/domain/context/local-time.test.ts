import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { localTime, offsetSeconds, startOfDay } from '../../../src/domain/context/local-time.js';

const zones = [
  'UTC',
  'Asia/Seoul',
  'Asia/Kathmandu',
  'America/New_York',
  'America/Sao_Paulo',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'Antarctica/Troll',
];

test('a moment has another day and hour elsewhere', () => {
  const moment = Date.UTC(2024, 0, 15, 20, 30, 5) / 1000;
  expect(localTime(moment, 'UTC')).toEqual({ day: '2024-01-15', time: '20:30:05' });
  expect(localTime(moment, 'Asia/Seoul')).toEqual({ day: '2024-01-16', time: '05:30:05' });
  expect(localTime(-62_135_596_800, 'UTC')).toEqual({ day: '0001-01-01', time: '00:00:00' });
  expect(localTime(253_402_300_799.5, 'UTC')).toEqual({ day: '9999-12-31', time: '23:59:59' });
  expect(offsetSeconds(moment, 'Asia/Kathmandu')).toBe(20_700);
});

describe('a day begins', () => {
  test.each([
    ['2024-01-15', 'Asia/Seoul', '2024-01-14T15:00:00Z'],
    ['2024-03-10', 'America/New_York', '2024-03-10T05:00:00Z'],
    ['2024-03-11', 'America/New_York', '2024-03-11T04:00:00Z'],
    // The clocks skipped midnight: the day began at one.
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00Z'],
  ])('on %s in %s at %s', (day, zone, moment) => {
    expect(startOfDay(day, zone)).toBe(Date.parse(moment) / 1000);
  });

  test('where the day before ends, in every zone', () => {
    // Since 1980: before, a zone could change twice within a day.
    const day = fc
      .integer({ min: 3_652, max: 30_000 })
      .map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10));
    fc.assert(
      fc.property(day, fc.constantFrom(...zones), (wanted, zone) => {
        // Apia left this day out when it crossed the date line.
        fc.pre(!(zone === 'Pacific/Apia' && wanted === '2011-12-30'));
        const start = startOfDay(wanted, zone);
        expect(localTime(start, zone).day).toBe(wanted);
        expect(localTime(start - 1, zone).day < wanted).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
