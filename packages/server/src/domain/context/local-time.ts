/** A moment as the clocks of a time zone show it. */
export interface LocalTime {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  /** `HH:MM:SS`, 00 to 23. */
  readonly time: string;
}

/** Making a formatter takes ~50 µs, using one ~2. There are some 600 zones; a name's spelling may vary. */
const formatters = new Map<string, Intl.DateTimeFormat>();
const keptFormatters = 1_000;

/**
 * What a calendar and a clock show in a zone. Proleptic Gregorian, years 1–9999.
 *
 * @param seconds since the Unix epoch
 * @param timeZone a name that the runtime knows
 */
export function localTime(seconds: number, timeZone: string): LocalTime {
  const parts = Object.fromEntries(
    formatterOf(timeZone)
      .formatToParts(new Date(seconds * 1000))
      .map(({ type, value }) => [type, value]),
  ) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', string>;
  const { year, month, day, hour, minute, second } = parts;
  return {
    day: `${year.padStart(4, '0')}-${month}-${day}`,
    time: `${hour}:${minute}:${second}`,
  };
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  if (formatters.size >= keptFormatters) formatters.clear();
  const made = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formatters.set(timeZone, made);
  return made;
}

/** Seconds by which the zone's clocks are ahead of UTC at a moment. */
export function offsetSeconds(seconds: number, timeZone: string): number {
  const { day, time } = localTime(seconds, timeZone);
  return Date.parse(`${day}T${time}Z`) / 1000 - Math.floor(seconds);
}

/**
 * The first moment of a day in a zone, in epoch seconds: midnight, or when the clocks begin where they skip midnight.
 *
 * @param day `YYYY-MM-DD`
 */
export function startOfDay(day: string, timeZone: string): number {
  const utc = Date.parse(`${day}T00:00:00Z`) / 1000;
  const around = [utc - 86_400, utc, utc + 86_400];
  const midnights = around.map((moment) => utc - offsetSeconds(moment, timeZone));
  // On either side of a change of the clocks one of the candidates lies in the day before.
  const within = midnights.filter((moment) => localTime(moment, timeZone).day >= day);
  return Math.min(...within);
}

/** The day after one, as `YYYY-MM-DD`; years 1–9998. */
export const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
