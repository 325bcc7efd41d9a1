import { documentFlags, type IndexView, questionShareShift, roleBits } from '../index-view.js';
import { gainOfDates } from './dates.js';
import type { Pass } from './pass.js';

/** What a turn gains from its session: a share of its best turn and of its score as one text. */
export function sessionGain({ view, scratch, weights }: Pass, doc: number): number {
  const session = view.sessions[doc]!;
  if (session < 0) return 0;
  return (
    weights.sessionBest * scratch.sessionBest[session]! +
    weights.session * scratch.sessionScore[session]!
  );
}

/** For what a named speaker said. */
export const speakerGain = ({ view, speakers }: Pass, doc: number): number =>
  speakers.gains.size === 0 ? 0 : (speakers.gains.get(view.speakers[doc]!) ?? 0);

/** For the person's own words, or the machine's, when the query asks for just those. */
export function sideGain({ view, query, weights }: Pass, doc: number): number {
  const { side } = query.intent;
  if (side === undefined) return 0;
  const bit = side === 'user' ? documentFlags.userRole : documentFlags.assistantRole;
  return hasFlag(view, doc, bit) ? weights.side : 0;
}

/** For naming a moment when the query asks when. */
export const momentGain = ({ view, query, weights }: Pass, doc: number): number =>
  query.intent.moment && hasFlag(view, doc, documentFlags.timeWord) ? weights.moment : 0;

/** For naming a number when the query asks how many. */
export const quantityGain = ({ view, query, weights }: Pass, doc: number): number =>
  query.intent.quantity && hasFlag(view, doc, documentFlags.number) ? weights.quantity : 0;

/** For having happened when the query says. */
export const dateGain = ({ view, query, weights }: Pass, doc: number): number =>
  gainOfDates(weights, query.dates, view.days[doc]!);

/**
 * What is left of a turn's score when part of it does nothing but ask: who asks does not know. A memory that belongs
 * to no conversation is a question on purpose, and keeps all (2 points of NDCG@10 on Korean questions).
 */
export function questionFactor({ view, weights }: Pass, doc: number): number {
  const isTurn =
    view.sessions[doc]! >= 0 || view.speakers[doc]! >= 0 || hasFlag(view, doc, roleBits);
  return isTurn ? 1 - (weights.question * ((view.flags[doc]! >> questionShareShift) & 15)) / 15 : 1;
}

const hasFlag = (view: IndexView, doc: number, bit: number): boolean =>
  (view.flags[doc]! & bit) !== 0;
