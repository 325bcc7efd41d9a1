/** What a summary is made of. */
export interface SummarisedMemory {
  readonly content: string;
  /** 0 to 1. */
  readonly importance: number;
}

/** Memories in a summary. */
export const summarisedMemories = 5;
/** Characters of each. */
const summarisedCharacters = 100;

/** Importance of a summary that is stored as a memory. */
export const summaryImportance = 0.7;

/**
 * A conversation in a line, as v2 made it: its most important memories, the earlier first where they are alike, each
 * cut to 100 characters.
 *
 * @param memories in the order in which they were stored
 */
export const summaryOf = (memories: readonly SummarisedMemory[]): string =>
  memories
    .toSorted((one, other) => other.importance - one.importance)
    .slice(0, summarisedMemories)
    .map(({ content }) => content.slice(0, summarisedCharacters).replace(/[\uD800-\uDBFF]$/, ''))
    .join(' | ');

/** The text of a summary that is stored as a memory. */
export const summaryContent = (summary: string): string => `[Session Summary] ${summary}`;
