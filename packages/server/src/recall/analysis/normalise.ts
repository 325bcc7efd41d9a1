/** One spelling for what looks alike: compatibility forms (full width, ligatures), apostrophes, thousands separators. */
export const normaliseText = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[\u2018\u2019\u02bc\u0060\u00b4]/g, "'")
    .replace(/(?<=\d),(?=\d{3}(?!\d))/g, '');

/**
 * Lower case without the accents of Latin and Greek letters, so that "café" and "cafe" meet. The marks of other
 * scripts stay: they are vowels there, not ornament.
 */
export function foldCase(word: string): string {
  const lower = word.toLowerCase();
  if (isAscii.test(lower)) return lower;
  return lower.normalize('NFD').replace(accents, '$1').normalize('NFC');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range is meant.
export const isAscii = /^[\x00-\x7f]*$/;
const accents = /([\p{Script=Latin}\p{Script=Greek}])\p{Mn}+/gu;
