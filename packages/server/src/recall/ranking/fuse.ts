import type { IndexView } from '../index-view.js';
import { handOn } from './neighbours.js';
import { defaultWeights } from './weights.js';

/** A document and how near its vector is to the query's: a cosine. */
export interface NearDocument {
  readonly doc: number;
  readonly similarity: number;
}

/** A document that words found, best first. */
export interface WordHit {
  readonly doc: number;
  readonly score: number;
  /** It alone has what is looked for. */
  readonly exact?: boolean;
}

/** A document that words, meaning or both found. */
export interface FusedHit {
  readonly doc: number;
  readonly score: number;
  /** What its words gave, and what its meaning gave; both in units of a word score. */
  readonly words: number;
  readonly meaning: number;
  /** Of its own vector; `undefined` when it is not among the nearest. */
  readonly similarity: number | undefined;
  /** It alone has what is looked for. */
  readonly exact?: boolean;
}

/** Hits of each kind that are weighed against each other; deeper ones follow in the order of their words. */
export const fusionPool = 200;

/** Memories near in meaning that take part. Twice as many cost three times as much at the graph and find no more. */
export const nearestPool = 100;

/** Score of the best meaning when no word matches. */
const loneScore = 10;

/**
 * One ranking of two: a weighted sum, each side as a share of its best. A meaning is handed on to the turns around it
 * as words are. Documents that alone have what is looked for stay in front.
 *
 * A greater number of word hits gives the same documents first, because what is weighed is the pool alone.
 *
 * @param near the tenant's nearest, of live documents
 * @param weight share of the meaning, 0–1
 */
export function fuse(
  view: IndexView,
  words: readonly WordHit[],
  near: readonly NearDocument[],
  weight: number,
): FusedHit[] {
  const pool = words.slice(0, fusionPool);
  const best = pool[0]?.score ?? 0;
  const meanings = meaningOf(view, near);
  const similarities = new Map(near.map(({ doc, similarity }) => [doc, similarity]));
  const scale = best > 0 ? weight * best : loneScore;
  const hit = (doc: number, wordScore: number): FusedHit => {
    const parts = { words: (1 - weight) * wordScore, meaning: scale * (meanings.get(doc) ?? 0) };
    const score = parts.words + parts.meaning;
    return { doc, score, ...parts, similarity: similarities.get(doc) };
  };
  const found = new Map(pool.map(({ doc, score }) => [doc, hit(doc, score)]));
  for (const doc of meanings.keys()) if (!found.has(doc)) found.set(doc, hit(doc, 0));
  const fused = [...found.values()].sort(better);
  return [...inFront(pool, fused), ...behind(words, found, fused.at(-1)?.score ?? 0)];
}

const better = (a: FusedHit, b: FusedHit): number => b.score - a.score || b.doc - a.doc;

/** Nearness as a share of the best, 0 for the last of the nearest; smoothed over the turns of a session. */
function meaningOf(view: IndexView, near: readonly NearDocument[]): Map<number, number> {
  const similarities = near.map(({ similarity }) => similarity);
  const [least, most] = [Math.min(...similarities), Math.max(...similarities)];
  const meanings = new Map<number, number>();
  const add = (doc: number, share: number): void => {
    meanings.set(doc, (meanings.get(doc) ?? 0) + share);
  };
  for (const { doc, similarity } of near) {
    const share = most > least ? (similarity - least) / (most - least) : 1;
    add(doc, share);
    handOn({ view, weights: defaultWeights }, doc, (other, part) => add(other, part * share));
  }
  const best = Math.max(...meanings.values());
  for (const [doc, share] of meanings) meanings.set(doc, best > 0 ? share / best : 0);
  return meanings;
}

/** Documents that alone have what is looked for come first, in the order of their words. */
function inFront(pool: readonly WordHit[], fused: readonly FusedHit[]): FusedHit[] {
  const exact = new Set(pool.filter((hit) => hit.exact === true).map(({ doc }) => doc));
  if (exact.size === 0) return [...fused];
  const others = fused.filter(({ doc }) => !exact.has(doc));
  const best = others[0]?.score ?? 0;
  const first = fused.filter(({ doc }) => exact.has(doc));
  return [...first.map((hit) => ({ ...hit, exact: true, score: best + hit.score })), ...others];
}

/** What words found deeper than the pool, never scored above it. */
function behind(
  words: readonly WordHit[],
  found: ReadonlyMap<number, FusedHit>,
  ceiling: number,
): FusedHit[] {
  return words.slice(fusionPool).flatMap(({ doc, score }) => {
    if (found.has(doc)) return [];
    const capped = Math.min(ceiling, score);
    return [{ doc, score: capped, words: capped, meaning: 0, similarity: undefined }];
  });
}
