/** Slips that a word of this many letters may have: none in a short one, where every slip is another word. */
export const slipsAllowed = (length: number): number => (length < 4 ? 0 : length < 8 ? 1 : 2);

/**
 * Terms of a vocabulary that this one may be a misspelling of: fewest slips first (a wrong, missing, extra letter or
 * two swapped ones), then the longest common beginning, then by code unit.
 */
export function closestTerms(term: string, vocabulary: Iterable<string>, limit: number): string[] {
  const allowed = slipsAllowed(term.length);
  if (allowed === 0) return [];
  const found: { term: string; slips: number; common: number }[] = [];
  for (const other of vocabulary) {
    if (other === term || Math.abs(other.length - term.length) > allowed) continue;
    const slips = slipsBetween(term, other);
    if (slips <= allowed) found.push({ term: other, slips, common: commonBeginning(term, other) });
  }
  return found
    .sort((a, b) => a.slips - b.slips || b.common - a.common || (a.term < b.term ? -1 : 1))
    .slice(0, limit)
    .map((one) => one.term);
}

/** Optimal string alignment distance (Levenshtein with neighbours swapped). */
export function slipsBetween(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let least = Math.min(
        above[column]! + 1,
        current[column - 1]! + 1,
        above[column - 1]! + (same ? 0 : 1),
      );
      const swapped =
        row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) least = Math.min(least, before[column - 2]! + 1);
      current.push(least);
    }
    before = above;
    above = current;
  }
  return above[b.length]!;
}

function commonBeginning(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
