import { expect, test } from 'vitest';
import { uuidv7 } from '../../src/domain/ids.js';

test('ids of memories are UUIDs of version 7, in the order of their milliseconds, and never the same', () => {
  const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  const made = Array.from({ length: 1_000 }, (_, at) => uuidv7(1_760_000_000_000 + at));
  expect(made.filter((id) => !pattern.test(id))).toEqual([]);
  expect(made.toSorted()).toEqual(made);
  expect(new Set(Array.from({ length: 1_000 }, () => uuidv7(1))).size).toBe(1_000);
  expect(uuidv7(1).slice(0, 13)).toBe('00000000-0001');
});
