const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

/**
 * The moment of a date such as `7:48 pm on 21 May, 2023`, taken as UTC, in ISO 8601.
 *
 * @param {string} text
 * @returns {string}
 */
export function momentOf(text) {
  const [, hour, minute, half, day, monthName, year] =
    /^(\d{1,2}):(\d{2}) (am|pm) on (\d{1,2}) (\w+), (\d{4})$/i.exec(text.trim()) ?? [];
  const month = months.indexOf(monthName?.toLowerCase() ?? '');
  if (month === -1)
    throw new Error(
      `A date must look like "7:48 pm on 21 May, 2023", not ${JSON.stringify(text)}.`,
    );
  const hours = (Number(hour) % 12) + (half?.toLowerCase() === 'pm' ? 12 : 0);
  return new Date(Date.UTC(Number(year), month, Number(day), hours, Number(minute))).toISOString();
}
