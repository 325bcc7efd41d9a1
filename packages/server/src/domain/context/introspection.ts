import type { Zone } from '@stellar-memory/protocol';

/** What introspection looks at of a memory. */
export interface KnownMemory {
  readonly content: string;
  readonly zone: Zone;
  readonly secondsSinceRecall: number;
  readonly tags?: readonly string[];
}

/** What is known about a topic. */
export interface Knowledge {
  /** 0 to 1: many memories, fresh ones, of many words. */
  readonly confidence: number;
  /** Words that the memories have, the most frequent first. */
  readonly coverage: readonly string[];
  /** What was asked for and is in none of them. */
  readonly gaps: readonly string[];
  /** 0 to 1. */
  readonly freshness: number;
  /** Memories by zone, without those that have none. */
  readonly zones: Readonly<Partial<Record<Zone, number>>>;
}

/** Memories, and words, from which on more of them make no surer. */
const enough = 10;

/**
 * What memories about a topic amount to. The formula is v2's: 0.3 for how many, 0.3 for how fresh, 0.4 for how many
 * words they cover.
 *
 * @param asked words that an answer should cover
 * @param freshSeconds time after its last recall in which a memory stops being fresh; v2 took a day
 */
export function knowledgeOf(
  topic: string,
  memories: readonly KnownMemory[],
  asked: readonly string[],
  freshSeconds: number,
): Knowledge {
  if (memories.length === 0)
    return { confidence: 0, coverage: [], gaps: [topic], freshness: 0, zones: {} };
  const coverage = wordsOf(memories.map(({ content, tags = [] }) => [content, ...tags].join(' ')));
  const freshness = mean(
    memories.map(({ secondsSinceRecall }) =>
      Math.min(1, Math.max(0, 1 - secondsSinceRecall / freshSeconds)),
    ),
  );
  const covered = new Set(coverage);
  return {
    confidence: rounded(
      0.3 * upToEnough(memories.length) + 0.3 * freshness + 0.4 * upToEnough(coverage.length),
    ),
    coverage,
    gaps: asked.filter((word) => !covered.has(word.toLowerCase())),
    freshness,
    zones: countByZone(memories),
  };
}

/**
 * How far an answer can be trusted, 0 to 1, by v2's formula: 0.3 for how many memories it has, 0.4 for how near to the
 * core they are, 0.3 for their orbit scores.
 */
export function answerConfidence(
  memories: readonly { readonly zone: Zone; readonly score: number }[],
): number {
  if (memories.length === 0) return 0;
  return rounded(
    0.3 * upToEnough(memories.length) +
      0.4 * mean(memories.map(({ zone }) => 1 - zone / 4)) +
      0.3 * mean(memories.map(({ score }) => score)),
  );
}

const upToEnough = (count: number): number => Math.min(1, count / enough);

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

/** Words of some texts in lower case, those of most texts first: three letters and more, or two syllable signs. */
export function wordsOf(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const word of new Set(text.toLowerCase().match(wordPattern)))
      if (!everyday.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].toSorted((one, other) => other[1] - one[1]).map(([word]) => word);
}

const wordPattern = /[\p{Script=Hangul}\p{Script=Han}]{2,}|[\p{L}\p{N}][\p{L}\p{N}_-]{2,}/gu;

const everyday = new Set(
  `the and for are was were with that this from have has had not but you your his her its our their they she him who
  what when where which will would can could should about into than then them there here all any some more most very
  just also been being does did done out over under only own same such too`.split(/\s+/),
);

function countByZone(memories: readonly KnownMemory[]): Partial<Record<Zone, number>> {
  const counts: Partial<Record<Zone, number>> = {};
  for (const { zone } of memories) counts[zone] = (counts[zone] ?? 0) + 1;
  return counts;
}
