/** A date as far as a text tells it: "21 May" has no year, "in 2019" has nothing else. Months count from 1. */
export interface DateMention {
  readonly year?: number;
  readonly month?: number;
  readonly day?: number;
}

const monthNames = [
  'january|jan',
  'february|feb',
  'march|mar',
  'april|apr',
  'may',
  'june|jun',
  'july|jul',
  'august|aug',
  'september|sept|sep',
  'october|oct',
  'november|nov',
  'december|dec',
];
const month = `(?<month>${monthNames.join('|')})\\.?`;
const day = '(?<day>\\d{1,2})(?:st|nd|rd|th)?';
const year = '(?<year>(?:1[89]|20|21)\\d\\d)';
const numericYear = '(?<year>\\d{4})';

/** Most telling pattern first; what one has matched is taken out before the next looks. */
const patterns: readonly RegExp[] = [
  `\\b${numericYear}[-/.](?<number>\\d{1,2})[-/.](?<day>\\d{1,2})(?!\\d)`,
  `${numericYear}\\s*[년年]\\s*(?:(?<number>\\d{1,2})\\s*[월月]\\s*(?:(?<day>\\d{1,2})\\s*[일日])?)?`,
  '(?<!\\d)(?<number>\\d{1,2})\\s*[월月]\\s*(?:(?<day>\\d{1,2})\\s*[일日])?',
  `\\b${day}\\s+(?:of\\s+)?${month}\\b(?:,?\\s*${year}\\b)?`,
  `\\b${month}\\s+${day}\\b(?!:)(?:,?\\s*${year}\\b)?`,
  `\\b${month},?\\s+(?:of\\s+)?${year}\\b`,
  // Alone, "may" and "march" are verbs more often than months.
  `\\b(?<=\\b(?:in|of|last|next|this|since|until|till|by|during|early|late|mid)[\\s-]+)${month}\\b`,
  `\\b(?<month>${monthNames.filter((name) => !/^(?:may|march)/.test(name)).join('|')})\\b`,
  `\\b${year}\\b(?!\\s*[.:]\\d)`,
].map((source) => new RegExp(source, 'giu'));

/** What no date is without: a digit, or a month as a whole word. "Maybe" and "decide" are in many texts. */
const dateSign = new RegExp(`\\d|\\b(?:${monthNames.join('|')})\\b`, 'i');

/** The dates that a normalised text names, in English, Korean, Chinese, Japanese or ISO 8601. */
export function dateMentions(text: string): DateMention[] {
  if (!/\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec/i.test(text) || !dateSign.test(text))
    return [];
  const found: DateMention[] = [];
  patterns.reduce(
    (rest, pattern) =>
      rest.replace(pattern, (...match) => {
        const mention = readMention(match.at(-1) as Groups);
        if (mention === undefined) return match[0];
        found.push(mention);
        return ' ; ';
      }),
    text,
  );
  return found;
}

type Groups = Readonly<Partial<Record<'year' | 'month' | 'number' | 'day', string>>>;

function readMention(groups: Groups): DateMention | undefined {
  const monthNumber = groups.number === undefined ? monthOf(groups.month) : Number(groups.number);
  const dayNumber = groups.day === undefined ? undefined : Number(groups.day);
  if (monthNumber !== undefined && (monthNumber < 1 || monthNumber > 12)) return undefined;
  if (dayNumber !== undefined && (dayNumber < 1 || dayNumber > 31)) return undefined;
  return {
    ...(groups.year === undefined ? {} : { year: Number(groups.year) }),
    ...(monthNumber === undefined ? {} : { month: monthNumber }),
    ...(dayNumber === undefined ? {} : { day: dayNumber }),
  };
}

function monthOf(name: string | undefined): number | undefined {
  if (name === undefined) return undefined;
  const lower = name.toLowerCase().slice(0, 3);
  return monthNames.findIndex((names) => names.startsWith(lower)) + 1;
}

/** A full date as one term, the same however it was written: `2023-05-21`. */
export function dateTerm({ year, month, day }: DateMention): string | undefined {
  if (year === undefined || month === undefined || day === undefined) return undefined;
  return `${year}-${pad(month)}-${pad(day)}`;
}

const pad = (part: number): string => String(part).padStart(2, '0');
