import type { DateMention } from '../analysis/dates.js';
import { calendarDate, dayNumber } from '../analysis/day.js';
import { noDay } from '../index-view.js';
import type { Weights } from './weights.js';

/** What a memory of this day gains from the dates that a query names: the best of them counts. */
export function gainOfDates(weights: Weights, dates: readonly DateMention[], day: number): number {
  if (dates.length === 0 || day === noDay) return 0;
  const date = calendarDate(day);
  let gain = 0;
  for (const mention of dates) gain = Math.max(gain, gainOfMention(weights, mention, date, day));
  return gain;
}

function gainOfMention(
  weights: Weights,
  mention: DateMention,
  date: Required<DateMention>,
  day: number,
): number {
  if (mention.month !== undefined && mention.day !== undefined) {
    const wanted = dayNumber(mention.year ?? date.year, mention.month, mention.day);
    const apart = Math.abs(wanted - day);
    if (apart === 0) return weights.day;
    if (apart === 1) return weights.nextDay;
  }
  if (mention.year !== undefined && mention.year !== date.year) return 0;
  if (mention.month === undefined) return weights.year;
  if (mention.month !== date.month) return 0;
  return mention.day === undefined ? weights.month : weights.year;
}

/** First and last day of a span of days. */
export interface DaySpan {
  readonly from: number;
  readonly to: number;
}

/** The days that a date with a year and a month means, one more on either side; others mean too many. */
export function spanOf({ year, month, day }: DateMention): DaySpan | undefined {
  if (year === undefined || month === undefined) return undefined;
  const from = dayNumber(year, month, day ?? 1);
  const to = day === undefined ? dayNumber(year, month + 1, 1) - 1 : from;
  return { from: from - 1, to: to + 1 };
}
