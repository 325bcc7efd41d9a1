import { describe, expect, test } from 'vitest';
import { adapters } from '../../../../scripts/vectors/adapters.js';
import { judgeModule } from '../../../../scripts/vectors/judge-module.js';
import { matches } from '../../../../scripts/vectors/matches.js';
import type { VectorFile } from '../../../../scripts/vectors/vector-module.js';

const recorded = (out: number): VectorFile => ({
  module: 'memory_function',
  now: 0,
  tolerance: 1e-9,
  cases: [{ fn: 'recall_score', in: { recall_count: 1, max_recall: 1000 }, out }],
});

describe('replaying recordings of the old system', () => {
  const right = 0.10032881506161208;

  test('a case that our code answers alike agrees', () => {
    const verdict = judgeModule(recorded(right), adapters['memory_function']!);
    expect(verdict).toMatchObject({ agree: 1, different: [], wrong: [] });
  });

  test('a case that it answers differently is wrong, by name', () => {
    const { agree, wrong } = judgeModule(recorded(right + 1e-8), adapters['memory_function']!);
    expect(agree).toBe(0);
    expect(wrong.map(({ name }) => name)).toEqual(['recall_score #0']);
  });

  test('one that nothing replays is wrong, not passed over', () => {
    expect(judgeModule(recorded(right), { replays: {} }).wrong).toHaveLength(1);
  });

  test('a reason makes a difference one on purpose, and a reason without a difference is wrong', () => {
    const differences = [{ reason: 'a fault of the old system', covers: () => true }];
    const replays = { recall_score: () => 1 };
    const told = judgeModule(recorded(right), { replays, differences });
    expect(told).toMatchObject({ agree: 0, wrong: [], different: [{ name: 'recall_score #0' }] });
    expect(judgeModule(recorded(1), { replays, differences }).wrong).toHaveLength(1);
  });

  test('numbers match within the tolerance, keys and lengths exactly', () => {
    expect(matches({ a: [1, 'Infinity'] }, { a: [1 + 1e-10, Infinity] }, 1e-9)).toBe(true);
    expect(matches([1], [1, 2], 1e-9)).toBe(false);
    expect(matches({ a: 1 }, { a: 1, b: null }, 1e-9)).toBe(false);
    expect(matches(1, '1', 1e-9)).toBe(false);
  });
});
