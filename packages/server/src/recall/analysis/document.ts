import { emotionOf } from '../../domain/context/emotion.js';
import {
  type AnalysedDocument,
  documentFlags,
  emotionShift,
  noDay,
  questionShareShift,
} from '../index-view.js';
import { dayOf } from './day.js';
import { emotionCode } from './emotion-code.js';
import { normaliseText } from './normalise.js';
import { sideOf } from './roles.js';
import { hasNumber, hasTimeWord, questionShare } from './signals.js';
import { termsOfText } from './text-terms.js';

/** What text analysis looks at of a memory. */
export interface DocumentSource {
  readonly content: string;
  readonly speaker: string | null;
  readonly role: string | null;
  /** Epoch seconds. */
  readonly occurredAt: number | null;
}

/** What the index keeps of a memory. Pure: the same memory and {@link analysisVersion} give the same, everywhere. */
export function analyseDocument(source: DocumentSource): AnalysedDocument {
  const text = normaliseText(source.content);
  const { words, hangul, bigrams, unigrams } = termsOfText(text);
  const terms = new Map<string, number>();
  for (const list of [words, hangul, bigrams, unigrams]) countTerms(list, terms);
  const length = words.length + hangul.length + bigrams.length + unigrams.length;
  return {
    terms,
    length: Math.min(65_535, length),
    flags: textFlags(text, length) | sideFlag(source) | emotionFlag(source),
    day: source.occurredAt === null ? noDay : dayOf(source.occurredAt),
  };
}

function countTerms(list: readonly string[], terms: Map<string, number>): void {
  for (const term of list) terms.set(term, Math.min(255, (terms.get(term) ?? 0) + 1));
}

/** Terms of a text that asks one thing; a longer one tells more than it asks. */
const askingLength = 30;

function textFlags(text: string, length: number): number {
  const share = questionShare(text);
  return (
    (share > 0 && length <= askingLength ? documentFlags.asks : 0) |
    (hasTimeWord(text) ? documentFlags.timeWord : 0) |
    (hasNumber(text) ? documentFlags.number : 0) |
    (Math.round(share * 15) << questionShareShift)
  );
}

function sideFlag({ role, speaker }: DocumentSource): number {
  const side = sideOf(role ?? speaker ?? '');
  if (side === 'user') return documentFlags.userRole;
  return side === 'assistant' ? documentFlags.assistantRole : 0;
}

const emotionFlag = ({ content }: DocumentSource): number =>
  emotionCode(emotionOf(content)) << emotionShift;
