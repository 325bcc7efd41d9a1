import { localTime } from '../../domain/context/local-time.js';
import type { MemoryId } from '../../domain/ids.js';

/** What a chronicle tells of a memory. */
export interface ToldMemory {
  readonly id: MemoryId;
  readonly content: string;
  readonly speaker: string | null;
  /** When it happened, else when it was stored; epoch seconds. */
  readonly moment: number;
}

/** Characters of a memory that are told; a longer one ends with an ellipsis. */
const toldCharacters = 300;

/**
 * Memories as a reader can follow them without any model: the oldest first, under their days, one a line, who said it
 * in front. It has no words of its own, so that it reads in the language of the memories.
 *
 * @param memories oldest first
 * @example
 * 2026-11-20
 * - Mina: I moved to Busan.
 *
 * 2026-11-23
 * - Mina: The new office is at the harbour.
 */
export function chronicle(memories: readonly ToldMemory[], timeZone: string): string {
  const days = new Map<string, string[]>();
  for (const memory of memories) {
    const { day } = localTime(memory.moment, timeZone);
    days.set(day, [...(days.get(day) ?? []), lineOf(memory)]);
  }
  return [...days].map(([day, lines]) => [day, ...lines].join('\n')).join('\n\n');
}

function lineOf({ speaker, content }: ToldMemory): string {
  const who = speaker === null ? '' : `${oneLine(speaker)}: `;
  return `- ${who}${shortened(oneLine(content))}`;
}

/** Line breaks become blanks: otherwise a memory could pass a part of itself off as another one's line. */
const oneLine = (text: string): string => text.replaceAll(/\s+/gu, ' ').trim();

/** Cut between two words where one ends near, and never within a character. */
function shortened(text: string): string {
  if (text.length <= toldCharacters) return text;
  const cut = text.slice(0, toldCharacters - 1).replace(/[\uD800-\uDBFF]$/, '');
  const blank = cut.lastIndexOf(' ');
  return `${blank > cut.length * 0.8 ? cut.slice(0, blank) : cut}…`;
}
