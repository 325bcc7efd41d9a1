import { expect, test } from 'vitest';
import { BoundedMap } from '../../src/auth/bounded-map.js';

test('a full map forgets what was used longest ago', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  expect(map.get('a')).toBe(1);
  map.set('c', 3);
  expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3]);
});

test('a flood of keys never makes it grow', () => {
  const map = new BoundedMap<number, true>(100);
  for (let key = 0; key < 10_000; key += 1) map.set(key, true);
  expect(map.size).toBe(100);
});
