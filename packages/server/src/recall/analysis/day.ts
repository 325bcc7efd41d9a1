const secondsADay = 86_400;

/** UTC day number (days since 1970-01-01) of a moment in epoch seconds. */
export const dayOf = (epochSeconds: number): number => Math.floor(epochSeconds / secondsADay);

/** Year, month (from 1) and day of month of a day number. */
export function calendarDate(dayNumber: number): { year: number; month: number; day: number } {
  const date = new Date(dayNumber * secondsADay * 1000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}
