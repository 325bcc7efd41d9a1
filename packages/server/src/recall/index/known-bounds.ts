import { dayOf } from '../analysis/day.js';
import { noDay } from '../index-view.js';
import type { KnownBounds } from '../lexical-index.js';
import type { IndexState } from './index-state.js';
import { sessionKey } from './term-hash.js';

/** Whether a document, by ordinal, may lie within the bounds. Of one that does not say when it happened, it may. */
export function wantedBy(
  { columns }: IndexState,
  { sessionId, since, until }: KnownBounds = {},
): (ordinal: number) => boolean {
  const { sessions, days } = columns;
  const session =
    sessionId === undefined ? undefined : columns.sessionOrdinal(sessionKey(sessionId));
  const from = since === undefined ? -Infinity : dayOf(since);
  const to = until === undefined ? Infinity : dayOf(until);
  return (ordinal) => {
    if (session !== undefined && sessions[ordinal] !== session) return false;
    const day = days[ordinal]!;
    return day === noDay || (day >= from && day <= to);
  };
}
