import type { Corpus } from './corpus.js';

/** Stand-ins for an embedder, made of nothing but the texts: no model can be had offline. */
export interface Leg {
  readonly name: string;
  /** A vector of any length, not scaled, as index → weight. */
  readonly features: (text: string) => readonly string[];
  /** Length of the vectors; 0 keeps each feature apart. */
  readonly dimensions: number;
}

const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

const grams = (text: string): string[] =>
  words(text).flatMap((word) => {
    const padded = ` ${word} `;
    const found: string[] = [];
    for (let size = 3; size <= 5; size++)
      for (let at = 0; at + size <= padded.length; at++) found.push(padded.slice(at, at + size));
    return found;
  });

/** From a poor embedder to a fair one. */
export const legs: readonly Leg[] = [
  { name: 'hashed words, 384 dimensions', features: words, dimensions: 384 },
  { name: 'character 3–5-grams, tf-idf', features: grams, dimensions: 0 },
];

type Vector = ReadonlyMap<string | number, number>;

/** Cosines of a text with every document. */
export function nearnessOf(leg: Leg, { documents }: Corpus): (text: string) => Float64Array {
  const counts = new Map<string | number, number>();
  const raw = documents.map(({ content }) => vectorOf(leg, content));
  for (const vector of raw)
    for (const key of vector.keys()) counts.set(key, (counts.get(key) ?? 0) + 1);
  const idf = (key: string | number): number =>
    leg.dimensions > 0 ? 1 : Math.log((documents.length + 1) / ((counts.get(key) ?? 0) + 0.5));
  const weighted = (vector: Vector): Vector => {
    const all = [...vector].map(([key, tf]) => [key, (1 + Math.log(tf)) * idf(key)] as const);
    const length = Math.hypot(...all.map(([, value]) => value)) || 1;
    return new Map(all.map(([key, value]) => [key, value / length]));
  };
  const ready = raw.map(weighted);
  return (text) => {
    const query = weighted(vectorOf(leg, text));
    return Float64Array.from(ready, (document) => {
      let sum = 0;
      for (const [key, value] of query) sum += value * (document.get(key) ?? 0);
      return sum;
    });
  };
}

function vectorOf({ features, dimensions }: Leg, text: string): Vector {
  const vector = new Map<string | number, number>();
  for (const feature of features(text)) {
    const key = dimensions > 0 ? hash(feature) % dimensions : feature;
    vector.set(key, (vector.get(key) ?? 0) + 1);
  }
  return vector;
}

function hash(text: string): number {
  let value = 7;
  for (let at = 0; at < text.length; at++)
    value = (Math.imul(value, 31) + text.charCodeAt(at)) >>> 0;
  return value;
}
