import type { Emotion } from '@stellar-memory/protocol';
import { emotionCharacters, emotionOf } from '../domain/context/emotion.js';
import type { RecallFilter } from '../storage/statements/memories.js';
import { selectTextsMatching } from '../storage/statements/memory-texts.js';
import type { TenantTransaction } from '../storage/tenant-door.js';

/** Documents whose texts are read at once: 1 MB at most. */
const textsAtOnce = 500;

/**
 * Which of these documents pass the filter and express an emotion. It is not stored, for its rules will grow; so the
 * text of every document that is ranked is read until the answer is full.
 */
export async function docsExpressing(
  tx: TenantTransaction,
  docs: readonly number[],
  filter: RecallFilter,
  emotion: Emotion,
): Promise<number[]> {
  const found: number[] = [];
  for (let from = 0; from < docs.length; from += textsAtOnce) {
    const some = docs.slice(from, from + textsAtOnce);
    const texts = await selectTextsMatching(tx, some, filter, emotionCharacters);
    found.push(...texts.filter(({ text }) => emotionOf(text) === emotion).map(({ doc }) => doc));
  }
  return found;
}
