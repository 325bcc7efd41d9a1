import type { IndexView } from '../index-view.js';
import { fuse, fusionPool, type NearDocument } from '../ranking/fuse.js';
import type { IndexState } from './index-state.js';
import type { PreparedQuery, Ranked, RankOptions } from './text-ranking.js';

/** What lies near the query, as documents of a view. */
export interface NearInView {
  readonly documents: readonly NearDocument[];
  readonly weight: number;
}

/** Documents of the state among those near the query: a vector may be older or newer than what the state knows. */
export const nearInView = (
  { columns, count, live }: IndexState,
  documents: readonly NearDocument[],
  weight: number,
): NearInView => ({
  weight,
  documents: documents.flatMap(({ doc, similarity }) => {
    const ordinal = columns.ordinalOf(doc, count);
    return ordinal >= 0 && live[ordinal] === 1 ? [{ doc: ordinal, similarity }] : [];
  }),
});

/** The ranking by words, fused with what lies near; as it is where nothing does. */
export function rankFused(
  query: PreparedQuery,
  view: IndexView,
  limit: number,
  { near, ...options }: RankOptions & { readonly near: NearInView | undefined },
): readonly Ranked[] {
  if (near === undefined || near.documents.length === 0) return query.rank(view, limit, options);
  const words = query.rank(view, Math.max(limit, fusionPool), options);
  const parts = new Map(words.map((hit) => [hit.doc, hit.parts]));
  const fused = fuse(view, words, near.documents, near.weight).slice(0, limit);
  if (!options.explain) return fused;
  return fused.map(({ doc, score, words: byWords, meaning, similarity, exact = false }) => ({
    doc,
    score,
    exact,
    parts: {
      ...parts.get(doc),
      fused_words: byWords,
      fused_meaning: meaning,
      ...(similarity === undefined ? {} : { similarity }),
    },
  }));
}
