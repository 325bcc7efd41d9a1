import { dayOf } from '../analysis/day.js';
import { emotionCode } from '../analysis/emotion-code.js';
import { emotionsSince } from '../analysis/version.js';
import { emotionShift, noDay } from '../index-view.js';
import type { KnownBounds } from '../lexical-index.js';
import type { IndexState } from './index-state.js';
import { sessionKey } from './term-hash.js';

/** What of a state says where documents lie. */
type Located = Pick<IndexState, 'columns' | 'segments' | 'count'>;

/** Whether a document, by ordinal, may lie within the bounds. Of one that does not say when it happened, it may. */
export function wantedBy(
  state: Located,
  { sessionId, since, until, emotion }: KnownBounds = {},
): (ordinal: number) => boolean {
  const { sessions, days, flags } = state.columns;
  const session =
    sessionId === undefined ? undefined : state.columns.sessionOrdinal(sessionKey(sessionId));
  const from = since === undefined ? -Infinity : dayOf(since);
  const to = until === undefined ? Infinity : dayOf(until);
  const told = emotion === undefined ? undefined : tellingEmotions(state);
  const code = emotion === undefined ? 0 : emotionCode(emotion);
  return (ordinal) => {
    if (session !== undefined && sessions[ordinal] !== session) return false;
    if (told?.[ordinal] === 1 && ((flags[ordinal]! >> emotionShift) & 7) !== code) return false;
    const day = days[ordinal]!;
    return day === noDay || (day >= from && day <= to);
  };
}

/** 1 by ordinal for documents whose flags tell what they express. Recent ones are few: their texts are read. */
function tellingEmotions({ segments, count }: Located): Uint8Array {
  const told = new Uint8Array(count);
  for (const { segment, base } of segments)
    if (segment.facts.analysis >= emotionsSince) told.fill(1, base, base + segment.facts.documents);
  return told;
}
