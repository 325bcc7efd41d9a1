import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leastOfLargest } from '../../../src/recall/ranking/largest.js';

test('the least of the largest is what sorting finds, in any order and with room behind', () => {
  const some = fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(some, fc.nat(), fc.array(fc.integer(), { maxLength: 5 }), (keys, nth, behind) => {
      const wanted = 1 + (nth % keys.length);
      const found = leastOfLargest(Float64Array.from([...keys, ...behind]), keys.length, wanted);
      expect(found).toBe(keys.toSorted((one, other) => other - one)[wanted - 1]);
    }),
  );
});
