import type { AnalysedQuery } from '../../../src/recall/analysis/query.js';
import { documentFlags, type IndexView, roleBits } from '../../../src/recall/index-view.js';
import { gainOfDates } from '../../../src/recall/ranking/dates.js';
import { namedSpeakers } from '../../../src/recall/ranking/speakers.js';
import { defaultWeights as weights } from '../../../src/recall/ranking/weights.js';

/** A ranked document, and what each part of its score is by the description. */
export interface PlainHit {
  readonly doc: number;
  readonly score: number;
  readonly parts: Readonly<Record<string, number>>;
}

/**
 * The ranking as its description reads, every document against every other, with nothing kept or skipped: slow, and
 * to be compared with. Only for indexes small enough that every match is a candidate, and queries without a date or
 * a word that one document alone has.
 */
export function plainRank(view: IndexView, query: AnalysedQuery): PlainHit[] {
  const live = Array.from({ length: view.head }, (_, doc) => doc).filter((doc) => view.isLive(doc));
  const speakers = namedSpeakers(view, query.names, weights);
  const idf = (all: number, some: number): number =>
    Math.log(1 + (all - some + 0.5) / (some + 0.5));
  const terms = query.terms.map(({ term, weight }) => {
    const { docs, frequencies } = view.postings(term);
    const tf = new Map([...docs].map((doc, at) => [doc, frequencies[at]!]));
    return { tf, weight: speakers.nameTerms.has(term) ? weight * weights.nameAsWord : weight };
  });
  const byTerm = (doc: number): number[] =>
    terms.map(({ tf, weight }) => {
      const lacks = Math.max(0, weights.lengthFloor - view.lengths[doc]!);
      const length = (view.lengths[doc]! + lacks * (1 - weights.belowFloor)) / view.averageLength;
      const k = weights.k1 * (1 - weights.b + weights.b * length);
      const frequency = tf.get(doc) ?? 0;
      return (
        (weight * idf(view.documents, tf.size) * frequency * (weights.k1 + 1)) / (frequency + k)
      );
    });
  const own = (doc: number): number => sum(byTerm(doc));

  const session = (doc: number): number[] =>
    view.sessions[doc]! < 0
      ? []
      : live.filter((other) => view.sessions[other] === view.sessions[doc]);
  const sessionNames = [...new Set(live.map((doc) => view.sessions[doc]!))].filter(
    (one) => one >= 0,
  );
  const averageSession =
    sum(sessionNames.map((one) => view.sessionLengths[one]!)) / sessionNames.length;
  const asOneText = (docs: readonly number[]): number =>
    sum(
      terms.map(({ tf, weight }) => {
        const occurrences = (docsOf: readonly number[]): number =>
          sum(docsOf.map((doc) => tf.get(doc) ?? 0));
        const having = sessionNames.filter(
          (one) => occurrences(live.filter((doc) => view.sessions[doc] === one)) > 0,
        );
        if (tf.size >= 2 * sessionNames.length) return 0;
        const length = view.sessionLengths[view.sessions[docs[0]!]!]! / averageSession;
        const k = weights.sessionK1 * (1 - weights.sessionB + weights.sessionB * length);
        const frequency = occurrences(docs);
        const worth = weight * idf(sessionNames.length, having.length);
        return (worth * frequency * (weights.sessionK1 + 1)) / (frequency + k);
      }),
    );

  const neighbours = (doc: number): number => {
    const turns = session(doc);
    if (turns.length === 0) return 0;
    // Turns of sessions that run at the same time are looked for sixteen documents away at most, step by step.
    const step = (from: number | undefined, by: 1 | -1): number | undefined => {
      const other = from === undefined ? undefined : turns[turns.indexOf(from) + by];
      return other === undefined || Math.abs(other - from!) > 16 ? undefined : other;
    };
    const previous = step(doc, -1);
    const next = step(doc, 1);
    const answers =
      previous !== undefined &&
      asks(view, previous) &&
      (view.flags[doc]! & documentFlags.assistantRole) === 0 &&
      view.speakers[previous] !== view.speakers[doc];
    const shares: [number | undefined, number][] = [
      [previous, answers ? weights.answer : weights.previous],
      [step(previous, -1), weights.secondPrevious],
      [next, weights.next],
      [step(next, 1), weights.secondNext],
    ];
    const mine = byTerm(doc);
    return sum(
      shares.map(([other, share]) =>
        other === undefined
          ? 0
          : share *
            sum(
              byTerm(other).map((score, term) =>
                mine[term]! > 0 ? score * weights.repeated : score,
              ),
            ),
      ),
    );
  };

  return live
    .filter((doc) => own(doc) > 0 || neighbours(doc) > 0)
    .map((doc) => {
      const turns = session(doc);
      const inSession =
        turns.length === 0
          ? 0
          : weights.sessionBest * Math.max(...turns.map(own)) + weights.session * asOneText(turns);
      const flags = view.flags[doc]!;
      const has = (flag: number): boolean => (flags & flag) !== 0;
      const { side, moment, quantity } = query.intent;
      const sideFlag = side === 'user' ? documentFlags.userRole : documentFlags.assistantRole;
      const isTurn = view.sessions[doc]! >= 0 || view.speakers[doc]! >= 0 || has(roleBits);
      const summands = {
        words: own(doc),
        neighbours: neighbours(doc),
        session: inSession,
        speaker: speakers.gains.get(view.speakers[doc]!) ?? 0,
        side: side !== undefined && has(sideFlag) ? weights.side : 0,
        moment: moment && has(documentFlags.timeWord) ? weights.moment : 0,
        quantity: quantity && has(documentFlags.number) ? weights.quantity : 0,
        date: gainOfDates(weights, query.dates, view.days[doc]!),
      };
      const question = isTurn ? 1 - (weights.question * ((flags >> 8) & 15)) / 15 : 1;
      const score = sum(Object.values(summands)) * question;
      return { doc, score, parts: { ...summands, question, exact: 0 } };
    })
    .sort((a, b) => b.score - a.score || b.doc - a.doc);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const asks = (view: IndexView, doc: number): boolean =>
  (view.flags[doc]! & documentFlags.asks) !== 0;
