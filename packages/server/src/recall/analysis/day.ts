const secondsADay = 86_400;

/** UTC day number (days since 1970-01-01) of a moment in epoch seconds. */
export const dayOf = (epochSeconds: number): number => Math.floor(epochSeconds / secondsADay);

/** Day number of a calendar date; months count from 1, and the thirteenth is the next January. */
export const dayNumber = (year: number, month: number, day: number): number =>
  new Date(0).setUTCFullYear(year, month - 1, day) / (secondsADay * 1000);

/** Year, month (from 1) and day of month of a day number. */
export function calendarDate(day: number): { year: number; month: number; day: number } {
  const date = new Date(day * secondsADay * 1000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}
