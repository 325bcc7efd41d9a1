import { type ScoreParts, type ScoreProfile, scoreParts } from '../domain/score.js';
import type { MemoryRecord } from '../storage/statements/memories.js';

/** The orbit score of a memory at this moment and its parts; the one in its row is of when it was last placed. */
export function orbitNow(
  { recallCount, lastRecalledAt, createdAt, importance }: MemoryRecord,
  { profile, nowSeconds }: { readonly profile: ScoreProfile; readonly nowSeconds: number },
): ScoreParts & { readonly score: number } {
  const parts = scoreParts(profile, {
    recallCount,
    secondsSinceRecall: nowSeconds - (lastRecalledAt ?? createdAt),
    importance,
  });
  const { recall, freshness, importance: byImportance, context, emotion } = parts;
  return { score: recall + freshness + byImportance + context + emotion, ...parts };
}
