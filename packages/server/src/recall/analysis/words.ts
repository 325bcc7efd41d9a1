import { stemmer } from 'stemmer';
import { everydayStem } from './everyday-words.js';
import { baseForm } from './irregular-forms.js';
import { foldCase, isAscii } from './normalise.js';
import { spacedClass } from './scripts.js';
import { isStopWord } from './stop-words.js';

/** Longest term in UTF-16 units; what is longer is cut, in documents and queries alike. */
export const maxTermLength = 64;

/**
 * Terms of the spaced scripts in a text, in order, repeats included: stemmed words and numbers, and beside them every
 * compound (identifier, e-mail address, URL, date, version) as one term, so that both the whole and its parts are found.
 */
export function wordTerms(text: string): string[] {
  const terms: string[] = [];
  for (const chunk of text.match(isAscii.test(text) ? asciiChunks : chunks) ?? []) {
    if (plainWord.test(chunk)) addTerm(chunk, terms);
    else chunkTerms(chunk, terms);
  }
  return terms;
}

/**
 * The term of one plain word: irregular forms by table, the others by Porter's suffix rules (M. F. Porter, An
 * algorithm for suffix stripping, 1980). Stop words give none, but capitals are no stop word: IT, US, WHO.
 */
export function wordTerm(word: string): string | undefined {
  const folded = foldCase(word);
  return isStopWord(folded) && !/^[A-Z]{2,}$/.test(word) ? undefined : stemTerm(folded);
}

const connectors = "[._@:/+&=?%~'#\\\\-]";
const connector = new RegExp(connectors);
/** Words joined by single connectors, such as `ann@example.com`, `user_id` or `well-known`; `c++` and `c#`. */
const chunksOf = (letter: string): string =>
  `(?<!${letter})[A-Za-z](?:\\+\\+|#)(?!${letter})|${letter}+(?:(?::\\/\\/|${connectors})${letter}+)*`;
const chunks = new RegExp(chunksOf(spacedClass), 'gu');
/** The same in a text of nothing but ASCII, as most are: asking what script a letter has takes most of the time. */
const asciiChunks = new RegExp(chunksOf('[A-Za-z0-9]'), 'g');

/** Neither compound nor contraction, of one case: a term as it is. */
const plainWord = /^[A-Z]?[a-z]+$/;

/** The programming languages C++, C#, F#. */
const signedLetter = /^[A-Za-z](?:\+\+|#)$/;

function chunkTerms(chunk: string, terms: string[]): void {
  if (signedLetter.test(chunk)) {
    terms.push(chunk.toLowerCase());
    return;
  }
  const word = withoutContraction(chunk);
  const sections = word.split(/:\/\/|[@/:?=&#\\]/);
  if (sections.length > 1) terms.push(wholeTerm(word));
  for (const section of sections) sectionTerms(section, terms);
}

/** A section is what lies between the slashes and signs of a URL or address; most words are one section. */
function sectionTerms(section: string, terms: string[]): void {
  const parts = section.split(connector).flatMap(splitCase);
  if (parts.length > 1) terms.push(wholeTerm(section));
  for (const part of parts) addTerm(part, terms);
}

function addTerm(word: string, terms: string[]): void {
  const term = wordTerm(word);
  if (term !== undefined) terms.push(term);
}

/** `parseHTTPRequest2` → parse, HTTP, Request, 2; a word of one kind of letter stays whole. */
function splitCase(piece: string): readonly string[] {
  const ordinal = /^(\d+)(?:st|nd|rd|th|s)$/i.exec(piece);
  if (ordinal) return [ordinal[1]!];
  if (/^0\d$/.test(piece)) return [piece.slice(1)];
  if (!/^[A-Za-z0-9]+$/.test(piece)) return piece === '' ? [] : [piece];
  return piece.match(/[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+/g) ?? [piece];
}

/** Connectors stay between digits only (1.2.3 is not 123): user_id, userId and user-id meet. */
const wholeTerm = (section: string): string =>
  stemTerm(foldCase(section.replace(/(?<!\d)[^\p{L}\p{M}\p{N}]|[^\p{L}\p{M}\p{N}](?!\d)/gu, '')));

function stemTerm(folded: string): string {
  const cut = folded.length > maxTermLength ? cutTerm(folded) : folded;
  if (!/^[a-z]+$/.test(cut)) return cut;
  return everydayStem(stemmer(baseForm(cut) ?? cut));
}

/** Cuts between code points, never inside a surrogate pair. */
const cutTerm = (term: string): string =>
  term.slice(0, maxTermLength).replace(/[\ud800-\udbff]$/, '');

/** "don't" → do, "Ann's" → Ann: what the apostrophe adds is grammar. */
const withoutContraction = (chunk: string): string =>
  chunk.replace(/n't$/i, '').replace(/'(?:s|m|re|ve|ll|d|t)$/i, '');
