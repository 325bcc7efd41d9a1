/**
 * How many tokens a model sees in a text: an estimate without any model's vocabulary, rather too high than too low.
 * An unaccented Latin letter or blank is a quarter of a token; an accented one, a digit or a sign of ASCII a half
 * (numbers and code are cut small); another character of the basic plane (Hangul, CJK, Cyrillic …) one; the rest,
 * such as emoji, two.
 */
export const estimateTokens = (text: string): number => Math.ceil(quarterTokens(text) / 4);

/** The same in quarters, not rounded: a sum of lines is then the figure of the whole. */
export function quarterTokens(text: string): number {
  let quarters = 0;
  for (const character of text) quarters += quartersOf(character);
  return quarters;
}

function quartersOf(character: string): number {
  if (/[A-Za-z\s]/.test(character)) return 1;
  const code = character.codePointAt(0)!;
  if (code < 0x80 || /\p{Script=Latin}/u.test(character)) return 2;
  return code > 0xffff ? 8 : 4;
}
