import type { NameCandidate } from '../analysis/names.js';
import { termsOfWord } from '../analysis/query.js';
import type { IndexView } from '../index-view.js';
import { rarity } from './bm25.js';
import type { Weights } from './weights.js';

/** The speakers whom a query names. */
export interface NamedSpeakers {
  /** What a document gains by speaker ordinal. */
  readonly gains: ReadonlyMap<number, number>;
  /** Terms that the names made. */
  readonly nameTerms: ReadonlySet<string>;
}

/**
 * Finds the named speakers. The first is whom the query is about; a later one counts as much only when a mere "and"
 * joins them ("Ann and Bob"), else he is but mentioned ("what did Ann tell Bob").
 */
export function namedSpeakers(
  view: IndexView,
  names: readonly NameCandidate[],
  weights: Weights,
): NamedSpeakers {
  const gains = new Map<number, number>();
  const nameTerms = new Set<string>();
  let joined = true;
  for (const { word, keys, links } of names) {
    const ordinals = new Set(keys.flatMap((key) => view.speakersNamed(key)));
    if (ordinals.size > 0) {
      const gain = gainOf(view, ordinals, weights) * (joined ? 1 : weights.laterSpeaker);
      for (const ordinal of ordinals) gains.set(ordinal, Math.max(gain, gains.get(ordinal) ?? 0));
      for (const term of termsOfWord(word)) nameTerms.add(term);
      joined = true;
    } else if (!links && gains.size > 0) joined = false;
  }
  return { gains, nameTerms };
}

/** A name that many bear (or one man's two spellings) is one speaker here. */
function gainOf(view: IndexView, ordinals: ReadonlySet<number>, weights: Weights): number {
  let documents = 0;
  for (const ordinal of ordinals) documents += view.speakerDocuments[ordinal]!;
  return weights.speaker + rarity(view.documents, documents);
}
