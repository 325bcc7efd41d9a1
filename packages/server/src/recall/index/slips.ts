/** More than any distance that is asked about. */
const far = 255;
const longest = 256;
let current = new Uint8Array(longest);
let above = new Uint8Array(longest);
let before = new Uint8Array(longest);

/**
 * Whether one word becomes the other by at most so many slips: wrong, missing, extra or two swapped letters (optimal
 * string alignment, as `slipsBetween`). Looks at the diagonal only and stops when it is hopeless: 0.1 µs for words
 * that differ, where computing the distance costs 5.
 */
export function withinSlips(
  one: ArrayLike<number>,
  oneLength: number,
  other: ArrayLike<number>,
  otherLength: number,
  slips: number,
): boolean {
  if (Math.abs(oneLength - otherLength) > slips || otherLength + 2 > longest) return false;
  for (let column = 0; column <= otherLength; column++) above[column] = column;
  before.fill(far, 0, otherLength + 1);
  let leastAbove = 0;
  for (let row = 1; row <= oneLength; row++) {
    const least = fillRow(one, other, otherLength, row, slips);
    // A swap reaches over one row, so that two hopeless rows are needed.
    if (least > slips && leastAbove > slips) return false;
    leastAbove = least;
    [before, above, current] = [above, current, before];
  }
  return above[otherLength]! <= slips;
}

function fillRow(
  one: ArrayLike<number>,
  other: ArrayLike<number>,
  otherLength: number,
  row: number,
  slips: number,
): number {
  const from = Math.max(1, row - slips);
  const to = Math.min(otherLength, row + slips);
  current[from - 1] = from === 1 ? row : far;
  let least = current[from - 1]!;
  for (let column = from; column <= to; column++) {
    const same = one[row - 1] === other[column - 1];
    let distance = above[column - 1]! + (same ? 0 : 1);
    if (current[column - 1]! < distance) distance = current[column - 1]! + 1;
    // Behind the diagonal's end the row above holds nothing of this word.
    if (column < row + slips && above[column]! < distance) distance = above[column]! + 1;
    if (
      row > 1 &&
      column > 1 &&
      one[row - 1] === other[column - 2] &&
      one[row - 2] === other[column - 1] &&
      before[column - 2]! < distance
    )
      distance = before[column - 2]! + 1;
    current[column] = distance;
    if (distance < least) least = distance;
  }
  return least;
}
