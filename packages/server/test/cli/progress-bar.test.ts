import { describe, expect, test } from 'vitest';
import { progressBar } from '../../src/cli/progress-bar.js';

describe('a progress bar', () => {
  test.each([
    [0, 10, 0, '[------------------------] 0 % 0 of 10 rows'],
    [5, 10, 4, '[############------------] 50 % 5 of 10 rows, 4 s left'],
    [1, 100, 60, '[------------------------] 1 % 1 of 100 rows, 99 min left'],
    [10, 10, 7, '[########################] 100 % 10 of 10 rows'],
    [0, 0, 0, '[########################] 100 % 0 of 0 rows'],
    [12, 10, 1, '[########################] 100 % 12 of 10 rows'],
  ])('of %i of %i after %i s', (done, total, seconds, shown) => {
    expect(progressBar(done, total, 'rows', seconds)).toBe(shown);
  });
});
