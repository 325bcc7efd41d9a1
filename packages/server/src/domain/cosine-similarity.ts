const dot = (a: readonly number[], b: readonly number[]): number =>
  a.slice(0, b.length).reduce((sum, value, at) => sum + value * b[at]!, 0);

/** Likeness of two vectors, 0 to 1: opposite ones, and those without length, are not alike at all. */
export function cosineSimilarity(a: readonly number[], b: readonly number[]): number {
  const length = Math.sqrt(dot(a, a) * dot(b, b));
  return length === 0 ? 0 : Math.max(0, dot(a, b) / length);
}
