/** A seeded generator (mulberry32), so that every run has the same texts. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const syllables = [
  'ka',
  'lo',
  'mi',
  'ren',
  'tu',
  'sa',
  'vor',
  'ne',
  'pli',
  'dra',
  'go',
  'hes',
  'wi',
  'zan',
  'ter',
  'bo',
];

/** The word of a rank: three or more syllables, the same for the same rank. */
export function word(rank: number): string {
  let text = '';
  for (let rest = rank + 256; rest > 0; rest = Math.floor(rest / 16)) text += syllables[rest % 16];
  return text;
}

/** A rank drawn by Zipf's law (exponent 1) from a vocabulary of that size. */
export const zipfRank = (random: () => number, vocabulary: number): number =>
  Math.min(vocabulary - 1, Math.floor(vocabulary ** random()) - 1);

/** A text of so many words of natural frequency. */
export const text = (random: () => number, words: number, vocabulary = 20_000): string =>
  Array.from({ length: words }, () => word(zipfRank(random, vocabulary))).join(' ');

const hangulSyllables = 11_172;
const firstSyllable = 0xac00;
const particles = ['은', '는', '이', '가', '을', '를', '에서', '으로', '에', '와', '도', ''];

/** The Korean word of a rank: two or three syllables, the same for the same rank. */
export function koreanWord(rank: number): string {
  let text = '';
  for (let at = 0; at < 2 + (rank % 2); at += 1)
    text += String.fromCodePoint(firstSyllable + ((rank * 7_919 + at * 104_729) % hangulSyllables));
  return text;
}

/** A Korean text of so many words of natural frequency, with particles. */
export const koreanText = (random: () => number, words: number, vocabulary = 20_000): string =>
  Array.from(
    { length: words },
    () =>
      koreanWord(zipfRank(random, vocabulary)) +
      particles[Math.floor(random() * particles.length)]!,
  ).join(' ');
