import { dayOf } from '../analysis/day.js';
import { emotionCode } from '../analysis/emotion-code.js';
import { emotionsSince, facetsSince } from '../analysis/version.js';
import { emotionShift, noDay } from '../index-view.js';
import type { KnownBounds } from '../lexical-index.js';
import { anyFacets, wantedFacets } from './facets.js';
import type { IndexState } from './index-state.js';
import { readPostingsOf } from './index-view-of-state.js';
import { PostingBuffer } from './postings-codec.js';
import { type QueryTerm, queryTerm } from './recent-terms.js';
import { sessionKey } from './term-hash.js';

/** What of a state says where documents lie. */
type Located = Pick<IndexState, 'columns' | 'segments' | 'count' | 'recents' | 'recentBase'>;

/** Terms whose blocks must be there before {@link allowedBy} is asked. */
export function facetTerms(within: KnownBounds = {}): QueryTerm[] {
  const wanted = wantedFacets(within);
  return wanted.length === 0 ? [] : [...wanted, anyFacets].map(queryTerm);
}

/** Documents that may lie within bounds. */
export interface Allowed {
  /** 1 by ordinal, for dead ones too. */
  readonly allowed: Uint8Array;
  /** How many of them may lie outside, for all that the index knows. */
  readonly unsure: number;
}

/** Of the bounds that are not asked for no document is outside. */
export function allowedBy(state: Located, within: KnownBounds = {}): Allowed {
  const facets = havingFacets(state, within);
  const allowed = facets?.allowed ?? new Uint8Array(state.count).fill(1);
  keepSession(state, within, allowed);
  const ofDays = keepDays(state, within, allowed);
  keepEmotion(state, within, allowed);
  const everyone = within.more === true || within.emotion !== undefined;
  return { allowed, unsure: everyone ? Infinity : (facets?.unsure ?? 0) + ofDays };
}

/** Documents with all facets, and those whose facets are not known; `undefined` when none are asked for. */
function havingFacets(state: Located, within: KnownBounds): Allowed | undefined {
  const terms = facetTerms(within);
  if (terms.length === 0) return undefined;
  const buffers = terms.map(() => new PostingBuffer());
  readPostingsOf(state, terms, buffers);
  const wanted = terms.length - 1;
  const had = new Uint8Array(state.count);
  for (const { ordinals, length } of buffers.slice(0, wanted))
    for (let at = 0; at < length; at++) had[ordinals[at]!]!++;
  if (wanted > 1) for (let at = 0; at < had.length; at++) had[at] = had[at] === wanted ? 1 : 0;
  const { ordinals, length } = buffers[wanted]!;
  for (let at = 0; at < length; at++) had[ordinals[at]!] = 1;
  let unsure = length;
  for (const { segment, base } of state.segments) {
    const { analysis, documents } = segment.facts;
    if (analysis >= facetsSince) continue;
    had.fill(1, base, base + documents);
    unsure += documents;
  }
  return { allowed: had, unsure };
}

function keepSession({ columns }: Located, { sessionId }: KnownBounds, allowed: Uint8Array): void {
  if (sessionId === undefined) return;
  const session = columns.sessionOrdinal(sessionKey(sessionId));
  const { sessions } = columns;
  for (let at = 0; at < allowed.length; at++) if (sessions[at] !== session) allowed[at] = 0;
}

/**
 * One of which no day is known may be of any, and one of the first or last day of any time of it. Answers how many such are left.
 */
function keepDays(
  { columns }: Located,
  { since, until }: KnownBounds,
  allowed: Uint8Array,
): number {
  if (since === undefined && until === undefined) return 0;
  const from = since === undefined ? -Infinity : dayOf(since);
  const to = until === undefined ? Infinity : dayOf(until);
  const { moments } = columns;
  let unsure = 0;
  for (let at = 0; at < allowed.length; at++) {
    const day = moments[at]!;
    if ((day < from || day > to) && day !== noDay) allowed[at] = 0;
    else if (day === from || day === to || day === noDay) unsure += allowed[at]!;
  }
  return unsure;
}

/** Told by the flags of segments that know it. Recent documents are few: their texts are read. */
function keepEmotion(
  { columns, segments }: Located,
  { emotion }: KnownBounds,
  allowed: Uint8Array,
): void {
  if (emotion === undefined) return;
  const code = emotionCode(emotion);
  const { flags } = columns;
  for (const { segment, base } of segments) {
    if (segment.facts.analysis < emotionsSince) continue;
    for (let at = base; at < base + segment.facts.documents; at++)
      if (((flags[at]! >> emotionShift) & 7) !== code) allowed[at] = 0;
  }
}
