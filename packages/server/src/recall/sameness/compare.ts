import {
  areOpposites,
  isCopula,
  isKoreanSingleValued,
  isNumberOrTime,
  isSingleValued,
} from './sign-words.js';
import type { Statement, StatementWord } from './statement.js';

/** How one statement stands to another that is much like it. */
export interface Sameness {
  /**
   * `near`: in other words the same, or a little more of it. `contradicts`: about the same thing, but it says the
   * opposite, or another value of what has one at a time.
   */
  readonly relation: 'near' | 'contradicts';
  /** Terms, and pairs of them, that both have, of those that either has; 0–1. */
  readonly similarity: number;
  /** Which one has every term of the other: that one may stand for both. */
  readonly saysAll: 'first' | 'second' | 'neither';
}

/** From here on two statements are near. Measured: ``npm run eval:duplicates`, docs/adr/near-duplicates.md`. */
export const nearFrom = 0.65;
/** Shared terms, of those that either has, from which on two statements are about the same thing. */
const sameSubjectFrom = 0.3;

/**
 * Compares two statements; `undefined` when neither has to do with the other. Pure.
 *
 * @param from similarity of what is near; another one is for measurements
 */
export function compare(
  first: Statement,
  second: Statement,
  from = nearFrom,
): Sameness | undefined {
  const similarity = overlap(first.features, second.features);
  const about = { similarity, saysAll: saysAll(first, second) };
  const difference = differenceOf(first.words, second.words);
  if (contradict(first, second, difference)) return { relation: 'contradicts', ...about };
  if (similarity < from || !sameNumbers(first, second)) return undefined;
  if (about.saysAll === 'neither' && areOtherSubjects(difference)) return undefined;
  return first.isNegated === second.isNegated ? { relation: 'near', ...about } : undefined;
}

function overlap(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  let shared = 0;
  let all = 0;
  for (const [feature, count] of one) {
    shared += Math.min(count, other.get(feature) ?? 0);
    all += count;
  }
  for (const count of other.values()) all += count;
  return all === shared ? 0 : shared / (all - shared);
}

function saysAll(first: Statement, second: Statement): Sameness['saysAll'] {
  // Of equals the first: nothing has to be rewritten.
  if (isWithin(second.terms, first.terms)) return 'first';
  return isWithin(first.terms, second.terms) ? 'second' : 'neither';
}

const isWithin = (some: ReadonlySet<string>, all: ReadonlySet<string>): boolean =>
  [...some].every((term) => all.has(term));

const sameNumbers = ({ numbers }: Statement, other: Statement): boolean =>
  numbers.size === other.numbers.size && isWithin(numbers, other.numbers);

function contradict(first: Statement, second: Statement, slot: Difference): boolean {
  const { one, other, shared } = slot;
  // What stands beside the negation is an auxiliary.
  if (first.isNegated !== second.isNegated) return shared >= 2 && one.length + other.length <= 2;
  if (shared === 0 || one.length === 0 || other.length === 0) return false;
  if (one.length > longestValue || other.length > longestValue) return false;
  if (one.some((a) => other.some((b) => areOpposites(a.word, b.word)))) return true;
  if (areOtherSubjects(slot) || isAlsoTrue(one, other)) return false;
  return slot.share >= sameSubjectFrom && hasOneValue(slot);
}

/** Words of a value at most: longer ones are other statements. */
const longestValue = 3;

/**
 * Whether what two statements share has one value at a time. Of a thing that "is" something, only when more than its
 * name is shared, or when both values are numbers or times: she may be tall and kind, but a deadline is on one day.
 */
function hasOneValue({ before, after, shared, one, other }: Difference): boolean {
  // The verb is between subject and value, in Korean behind both, or their end.
  const ends = [one, other].map((value) => value.at(-1)!);
  const signs = [
    ...before.slice(1).filter(isVerb),
    ...(ends.every(isKoreanVerb) ? ends : after.filter(isKoreanVerb)),
  ];
  if (signs.length === 0) return false;
  if (shared > 1 || !signs.every(({ word }) => isCopula(word))) return true;
  return [one, other].every((value) => value.some(({ word }) => isNumberOrTime(word)));
}

/** Whether what differs is who or what two statements are about: it comes first, or has the Korean particle for it. */
function areOtherSubjects({ before, one, other }: Difference): boolean {
  if (termsIn(one) === 0 || termsIn(other) === 0) return false;
  return (
    termsIn(before) === 0 ||
    [one, other].every((words) => /[가-힣][은는이가]$/.test(words.at(-1)!.word))
  );
}

const isVerb = ({ word }: StatementWord): boolean => isSingleValued(word);
const isKoreanVerb = ({ word }: StatementWord): boolean => isKoreanSingleValued(word);

/** One of the two values says the other with a word more. */
const isAlsoTrue = (one: readonly StatementWord[], other: readonly StatementWord[]): boolean => {
  const [a, b] = [new Set(termsOf(one)), new Set(termsOf(other))];
  return isWithin(a, b) || isWithin(b, a);
};

/** Where two statements differ: between the words that they begin and end with. */
interface Difference {
  readonly one: readonly StatementWord[];
  readonly other: readonly StatementWord[];
  readonly before: readonly StatementWord[];
  readonly after: readonly StatementWord[];
  /** Terms before and after. */
  readonly shared: number;
  /** The same of all terms of the longer one, 0–1. */
  readonly share: number;
}

function differenceOf(
  first: readonly StatementWord[],
  second: readonly StatementWord[],
): Difference {
  const most = Math.min(first.length, second.length);
  let start = 0;
  while (start < most && isSame(first[start]!, second[start]!)) start += 1;
  let end = 0;
  while (end < most - start && isSame(first.at(-1 - end)!, second.at(-1 - end)!)) end += 1;
  const [before, after] = [first.slice(0, start), first.slice(first.length - end)];
  const shared = termsIn(before) + termsIn(after);
  return {
    one: first.slice(start, first.length - end),
    other: second.slice(start, second.length - end),
    before,
    after,
    shared,
    share: shared / Math.max(1, termsIn(first), termsIn(second)),
  };
}

const isSame = (one: StatementWord, other: StatementWord): boolean =>
  one.word === other.word || (one.term !== undefined && one.term === other.term);

const termsOf = (words: readonly StatementWord[]): string[] =>
  words.flatMap(({ term }) => (term === undefined ? [] : [term]));

const termsIn = (words: readonly StatementWord[]): number => termsOf(words).length;
