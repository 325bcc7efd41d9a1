/** Whether a text names a moment or a span of time, in English or Korean. */
export const hasTimeWord = (text: string): boolean => timeWord.test(text);

/** Whether a text names a quantity, in digits or words, in English or Korean. */
export const hasNumber = (text: string): boolean => numberWord.test(text);

/** Share of a text's characters that stand in sentences ending with a question mark, 0–1. */
export function questionShare(text: string): number {
  if (!text.includes('?')) return 0;
  let asked = 0;
  let all = 0;
  for (const [sentence] of text.matchAll(sentences)) {
    all += sentence.length;
    if (sentence.endsWith('?')) asked += sentence.length;
  }
  return asked / all;
}

/** A run up to its closing marks, the last of which tells a question: "Really?!" is one, "Why? No." is not. */
const sentences = /[^.!?\n]+[.!]*\??|[.!?\n]+/g;

const timeWord = new RegExp(
  [
    String.raw`\b(?:yesterday|today|tonight|tomorrow|ago|recently|earlier|since|last|next)\b`,
    String.raw`\bthis (?:morning|afternoon|evening|week|weekend|month|year|spring|summer|fall|autumn|winter)\b`,
    String.raw`\b(?:days?|weeks?|weekends?|months?|years?)\b`,
    String.raw`\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b`,
    String.raw`\b(?:january|february|march|april|june|july|august|september|october|november|december)\b`,
    String.raw`\b(?:1[89]|20|21)\d\d\b`,
    '어제|그제|그저께|오늘|내일|모레|지난|다음\\s?(?:주|달|해)|이번\\s?(?:주|달|해)|작년|올해|내년|요일|주말|\\d\\s?[년월일]',
  ].join('|'),
  'i',
);

const numberWord = new RegExp(
  [
    String.raw`\d`,
    String.raw`\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|once|twice)\b`,
    '(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉|열)\\s?(?:개|명|번|살|마리|시간|권|대|잔|주|달)',
  ].join('|'),
  'i',
);
