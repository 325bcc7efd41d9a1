import {
  type Comparable,
  type Mergeable,
  merged,
  mostSimilar,
} from '../../../packages/server/src/domain/consolidate.js';
import type { VectorModule } from '../vector-module.js';

interface Item {
  readonly id: string;
  readonly content: string;
  readonly recall_count: number;
  readonly importance?: number;
  readonly metadata?: { readonly merged_from?: readonly string[] };
  readonly embedding: readonly number[] | null;
}

const mergeable = ({ content, recall_count, importance = 0 }: Item): Mergeable => ({
  content,
  recallCount: recall_count,
  importance,
});

/** Two memories as the recordings show the one that is left; without an embedder its vector is kept. */
function merge(call: {
  readonly max_content_length: number;
  readonly existing: Item;
  readonly new: Item;
  readonly embedder_returns: readonly number[] | null;
  readonly now: number;
}): unknown {
  const { existing, new: added } = call;
  const one = merged(mergeable(existing), mergeable(added), call.max_content_length);
  return {
    id: existing.id,
    content: one.content,
    recall_count: one.recallCount,
    importance: one.importance,
    metadata: {
      ...existing.metadata,
      merged_from: [...(existing.metadata?.merged_from ?? []), added.id],
      last_merged_at: call.now,
    },
    embedding: call.embedder_returns ?? [1, 0],
    last_recalled_at_changed: false,
  };
}

const maxLength = 2_000;

/** Each memory takes in those behind it that are similar and were not taken in before. */
function consolidateZone(items: readonly Item[], threshold: number): unknown {
  const state = new Map(items.map((item) => [item.id, mergeable(item)]));
  const gone = new Set<string>();
  for (const [at, item] of items.entries()) {
    if (gone.has(item.id)) continue;
    for (const other of items.slice(at + 1)) {
      if (gone.has(other.id) || mostSimilar(item, [other], threshold) === undefined) continue;
      state.set(item.id, merged(state.get(item.id)!, mergeable(other), maxLength));
      gone.add(other.id);
    }
  }
  const of = <Value>(read: (one: Mergeable) => Value): Record<string, Value> =>
    Object.fromEntries([...state].map(([id, one]) => [id, read(one)]));
  return {
    merged_count: gone.size,
    skipped_count: items.length - gone.size,
    contents: of(({ content }) => content),
    recall_counts: of(({ recallCount }) => recallCount),
  };
}

/** `consolidator.json`. */
export const consolidator: VectorModule = {
  replays: {
    find_similar: (call) =>
      mostSimilar(
        call['new'] as unknown as Comparable,
        call['candidates'] as unknown as Comparable[],
        call['threshold'] as number,
      )?.id ?? null,
    merge: (call) => merge(call as unknown as Parameters<typeof merge>[0]),
    consolidate_zone: (call) =>
      consolidateZone(call['items'] as unknown as Item[], call['threshold'] as number),
  },
};
