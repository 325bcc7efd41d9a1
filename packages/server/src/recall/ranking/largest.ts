/**
 * The smallest of the `wanted` largest of the first `count` keys, which are distinct; at least one is wanted, and no
 * more than there are. Moves the keys about. Takes time in proportion to `count` (quickselect, C. A. R. Hoare 1961).
 */
export function leastOfLargest(keys: Float64Array, count: number, wanted: number): number {
  const target = count - wanted;
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = keys[(low + high) >>> 1]!;
    let left = low;
    let right = high;
    while (left <= right) {
      while (keys[left]! < pivot) left++;
      while (keys[right]! > pivot) right--;
      if (left > right) break;
      const key = keys[left]!;
      keys[left++] = keys[right]!;
      keys[right--] = key;
    }
    if (target <= right) high = right;
    else if (target >= left) low = left;
    else break;
  }
  return keys[target]!;
}
