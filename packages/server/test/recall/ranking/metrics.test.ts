import { describe, expect, it } from 'vitest';
import { judge, meanOf } from '../../../../../bench/eval/metrics.js';

describe('the metrics of the evaluation', () => {
  it('are one for a ranking that has all right answers first', () => {
    const perfect = judge(['a', 'b', 'c'], new Set(['a', 'b']));
    expect(perfect).toEqual({ recall5: 1, recall10: 1, recall20: 1, mrr: 1, ndcg10: 1 });
  });

  it('are nothing for a ranking that has none', () => {
    expect(judge(['x'], new Set(['a']))).toEqual(judge<string>([], new Set(['a'])));
    expect(judge(['x'], new Set(['a'])).ndcg10).toBe(0);
  });

  it('count what stands within their depth, as worked out by hand', () => {
    const ranking = ['x', 'a', 'x', 'x', 'x', 'b'];
    const { recall5, recall10, mrr, ndcg10 } = judge(ranking, new Set(['a', 'b', 'c']));
    expect([recall5, recall10, mrr]).toEqual([1 / 3, 2 / 3, 1 / 2]);
    // (1 / log2 3 + 1 / log2 7) / (1 + 1 / log2 3 + 1 / log2 4)
    expect(ndcg10).toBeCloseTo((0.630_93 + 0.356_207) / 2.130_93, 5);
  });

  it('weigh every question alike', () => {
    const right = judge(['a'], new Set(['a']));
    const wrong = judge(['x'], new Set(['a', 'b', 'c']));
    expect(meanOf([right, wrong, wrong, wrong]).recall10).toBe(0.25);
  });
});
