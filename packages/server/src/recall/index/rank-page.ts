import type { PageEnd, SearchRequest } from '../lexical-index.js';

/** A ranked document by the tenant's number for it. */
export interface RankedHit {
  readonly doc: number;
  readonly score: number;
}

type Page = Pick<SearchRequest, 'limit' | 'matching' | 'after' | 'minScore'>;

/** Ranked documents that are looked at first for a filter; each next look is at four times as many. */
const firstLook = 100;

/**
 * The best documents behind a position that match. Ranks further and further down until there are enough or there is
 * nothing left; a greater limit must give the same documents first.
 */
export async function rankPage<Hit extends RankedHit>(
  rank: (limit: number) => readonly Hit[],
  { limit, matching = everything, after, minScore }: Page,
): Promise<Hit[]> {
  const whole = matching === everything && after === undefined && minScore === undefined;
  const found: Hit[] = [];
  let seen = after === undefined ? 0 : undefined;
  for (let look = whole ? limit : Math.max(firstLook, limit); ; look *= 4) {
    const ranked = rank(look);
    const exhausted = ranked.length < look;
    seen ??= positionBehind(ranked, after!, exhausted);
    if (seen !== undefined) {
      const hits = ranked.slice(seen).filter(({ score }) => score >= (minScore ?? -Infinity));
      found.push(...(await matchesAmong(hits, matching)));
      seen = ranked.length;
    }
    const done = found.length >= limit || (seen !== undefined && endsBelow(ranked, minScore));
    if (done || exhausted) return found.slice(0, limit);
  }
}

async function matchesAmong<Hit extends RankedHit>(
  hits: readonly Hit[],
  matching: NonNullable<SearchRequest['matching']>,
): Promise<Hit[]> {
  if (hits.length === 0) return [];
  const matches = new Set(await matching(hits.map(({ doc }) => doc)));
  return hits.filter(({ doc }) => matches.has(doc));
}

/** Whether nothing that is ranked deeper can have the score. */
const endsBelow = (ranked: readonly RankedHit[], minScore = -Infinity): boolean =>
  (ranked.at(-1)?.score ?? Infinity) < minScore;

const everything = (docs: readonly number[]): Promise<readonly number[]> => Promise.resolve(docs);

/**
 * Where to go on: behind the last document of the page before that is still there, wherever changes since have moved
 * it; when none is, where the score would have it. `undefined` while the very last may still lie deeper.
 */
function positionBehind(
  ranked: readonly RankedHit[],
  { docs, score }: PageEnd,
  exhausted: boolean,
): number | undefined {
  for (const last of exhausted ? docs : docs.slice(0, 1)) {
    const at = ranked.findIndex(({ doc }) => doc === last);
    if (at >= 0) return at + 1;
  }
  if (!exhausted) return undefined;
  const next = ranked.findIndex((hit) => hit.score < score);
  return next === -1 ? ranked.length : next;
}
