import type { RecallContextResponse } from '@stellar-memory/protocol';
import type { MemoryRecord } from '../storage/statements/memories.js';
import { quarterTokens } from './estimate-tokens.js';

/** What a line is made of. */
export type ContextMemory = Pick<
  MemoryRecord,
  'id' | 'content' | 'speaker' | 'occurredAt' | 'createdAt'
>;

/**
 * A text of the best memories that fit a budget of tokens, one a line, the oldest first: what a model reads last
 * weighs most, and a newer fact corrects an older one. Chosen by rank; one that does not fit makes room for the next
 * that does. The same text stands once, as its best ranked memory has it.
 *
 * @param ranked best first
 */
export function contextBlock(
  ranked: readonly ContextMemory[],
  maxTokens: number,
): RecallContextResponse {
  const texts = new Set<string>();
  const chosen: { memory: ContextMemory; line: string }[] = [];
  let quarters = 0;
  for (const memory of ranked) {
    const text = oneLine(memory.content);
    if (texts.has(text)) continue;
    const line = lineOf(memory, text);
    const cost = quarterTokens(line) + (chosen.length === 0 ? 0 : quarterTokens('\n'));
    if (quarters + cost > maxTokens * 4) continue;
    texts.add(text);
    chosen.push({ memory, line });
    quarters += cost;
  }
  const lines = chosen.toSorted((one, other) => momentOf(one.memory) - momentOf(other.memory));
  return {
    text: lines.map(({ line }) => line).join('\n'),
    tokens: Math.ceil(quarters / 4),
    memories: lines.map(({ memory }) => memory.id),
  };
}

const momentOf = ({ occurredAt, createdAt }: ContextMemory): number => occurredAt ?? createdAt;

/** Line breaks become blanks: otherwise a memory could pass a part of itself off as another one's line. */
const oneLine = (text: string): string => text.replaceAll(/\s+/gu, ' ').trim();

function lineOf(memory: ContextMemory, text: string): string {
  const [date = ''] = new Date(momentOf(memory) * 1000).toISOString().split('T');
  return memory.speaker === null
    ? `${date} ${text}`
    : `${date} ${oneLine(memory.speaker)}: ${text}`;
}
