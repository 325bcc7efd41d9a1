import type { PageEnd, SearchRequest } from '../lexical-index.js';

/** A ranked document by the tenant's number for it. */
export interface RankedHit {
  readonly doc: number;
  readonly score: number;
}

type Page = Pick<SearchRequest, 'limit' | 'matching' | 'everyMatch' | 'after' | 'minScore'>;

/** The best documents, at most so many. A greater limit gives the same first. */
type Rank<Hit> = (limit: number) => readonly Hit[];

/** Ranks those that are given, or all that may pass. */
type RankAmong<Hit> = (among?: ReadonlySet<number>) => Rank<Hit>;

/** Ranked documents that are looked at first for a filter; each next look is at four times as many. */
const firstLook = 100;

/** Ranked documents that a filter is asked about at most: each is a look-up of a few microseconds. */
const mostLooks = 10_000;

/** Memories that can be read for their filter in the time of one look-up, when all are read together. */
const readsALook = 12;

/** How many documents to ask a filter about, before it is better to read which of all memories pass. */
export const looksFor = (documents: number): number =>
  Math.min(mostLooks, Math.max(4 * firstLook, Math.floor(documents / readsALook)));

/** The best documents behind a position that match: fewer than the limit only when there are no more. */
export async function rankPage<Hit extends RankedHit>(
  rank: RankAmong<Hit>,
  page: Page,
  looks = mostLooks,
): Promise<Hit[]> {
  const { everyMatch } = page;
  const found = await lookDown(rank(), page, everyMatch === undefined ? Infinity : looks);
  if (found !== undefined || everyMatch === undefined) return found ?? [];
  const among = new Set(Array.from(await everyMatch()));
  // Meaning is handed on to neighbours, whoever they are.
  const matching = async (docs: readonly number[]) => docs.filter((doc) => among.has(doc));
  return (await lookDown(rank(among), { ...page, matching }, Infinity)) ?? [];
}

/**
 * Ranks further and further down until there are enough or there is nothing left; `undefined` when the filter would
 * be asked about more documents than it may.
 */
async function lookDown<Hit extends RankedHit>(
  rank: Rank<Hit>,
  { limit, matching = everything, after, minScore }: Page,
  most: number,
): Promise<Hit[] | undefined> {
  const whole = matching === everything && after === undefined && minScore === undefined;
  const found: Hit[] = [];
  let seen = after === undefined ? 0 : undefined;
  for (let look = whole ? limit : Math.max(firstLook, limit); ; look *= 4) {
    if (look > most) return undefined;
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
