/**
 * Scripts written without spaces between words, or (Hangul) with particles glued to them: they are indexed as
 * characters and pairs of characters, because no dictionary comes along.
 */
const unspacedScripts = [
  'Han',
  'Hangul',
  'Hiragana',
  'Katakana',
  'Thai',
  'Lao',
  'Khmer',
  'Myanmar',
];

/** Character class of the unspaced scripts, and of the long-vowel mark that Unicode files under no script. */
export const unspacedClass = `[${unspacedScripts.map((name) => `\\p{Script=${name}}`).join('')}\u30fc]`;

/** One letter or digit of a spaced script, with its combining marks. */
export const spacedClass = `(?:(?!${unspacedClass})[\\p{L}\\p{M}\\p{N}])`;
