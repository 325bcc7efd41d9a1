import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chooseMerge,
  defaultMergePolicy,
  type SegmentSize,
} from '../../../src/recall/index/merge-policy.js';

const alive = (documents: number): SegmentSize => ({ documents, dead: 0 });

/** Applies merges of flushes of equal size until so many documents are stored; counts what was written. */
function grow(fanout: number, flushes: number): { segments: SegmentSize[]; written: number } {
  const policy = { ...defaultMergePolicy, fanout };
  let segments: SegmentSize[] = [];
  let written = 0;
  for (let flush = 0; flush < flushes; flush++) {
    const choice = chooseMerge(policy, segments, policy.recentDocuments)!;
    const merged = segments.slice(choice.from).reduce((sum, { documents }) => sum + documents, 0);
    segments = [...segments.slice(0, choice.from), alive(merged + policy.recentDocuments)];
    written += merged + policy.recentDocuments;
  }
  return { segments, written };
}

describe('merge policy', () => {
  test('leaves few recent documents alone unless they are to be flushed', () => {
    const { recentDocuments } = defaultMergePolicy;
    expect(chooseMerge(defaultMergePolicy, [alive(600)], recentDocuments - 1)).toBeUndefined();
    expect(chooseMerge(defaultMergePolicy, [alive(600)], 1, true)).toMatchObject({ recent: true });
    expect(chooseMerge(defaultMergePolicy, [alive(600)], 0, true)).toBeUndefined();
  });

  test.each([2, 4, 8])(
    'with fanout %i keeps the number of segments and the rewriting of postings logarithmic',
    (fanout) => {
      const flushes = 1_000;
      const levels = Math.log(flushes) / Math.log(fanout) + 1;
      const { segments, written } = grow(fanout, flushes);
      expect(segments.length).toBeLessThanOrEqual((fanout - 1) * levels);
      expect(written / (flushes * defaultMergePolicy.recentDocuments)).toBeLessThanOrEqual(levels);
    },
  );

  test('writes a segment anew when a share of it is dead, and only then', () => {
    expect(chooseMerge(defaultMergePolicy, [{ documents: 1_000, dead: 249 }], 0)).toBeUndefined();
    expect(
      chooseMerge(defaultMergePolicy, [alive(9_000), { documents: 1_000, dead: 250 }], 0),
    ).toEqual({ from: 1, to: 2, recent: false });
    expect(chooseMerge(defaultMergePolicy, [{ documents: 100, dead: 60 }], 0)).toBeUndefined();
  });

  test('takes recent documents with the youngest segments, or one segment alone', () => {
    const sizes = fc.array(
      fc
        .nat(20_000)
        .chain((documents) => fc.nat(documents).map((dead): SegmentSize => ({ documents, dead }))),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(sizes, fc.nat(5_000), (segments, recent) => {
        const choice = chooseMerge(defaultMergePolicy, segments, recent);
        if (choice === undefined) return;
        expect(choice.from).toBeGreaterThanOrEqual(0);
        if (choice.recent) expect(choice.to).toBe(segments.length);
        else expect(choice.to).toBe(choice.from + 1);
      }),
    );
  });
});
