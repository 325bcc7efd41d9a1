import { expect, test } from 'vitest';
import { emotionCode } from '../../../src/recall/analysis/emotion-code.js';
import { analysisVersion } from '../../../src/recall/analysis/version.js';
import { DocumentColumns } from '../../../src/recall/index/document-columns.js';
import { noSession } from '../../../src/recall/index/document-facts.js';
import { allowedBy } from '../../../src/recall/index/known-bounds.js';
import { RecentTerms } from '../../../src/recall/index/recent-terms.js';
import { Segment } from '../../../src/recall/index/segment.js';
import { emotionShift, noDay } from '../../../src/recall/index-view.js';

const segmentOf = (documents: number, analysis: number): Segment =>
  new Segment({
    segment: 1,
    firstDoc: 0,
    endDoc: documents,
    documents,
    sharedBlocks: 1,
    ownTerms: 0,
    listsAllTerms: false,
    sharedBytes: 0,
    bytes: 0,
    analysis,
  });

test('an emotion is told by the flags of segments that know it; of all others any may express it', () => {
  const columns = new DocumentColumns(6);
  const expressed = [null, 'joy', 'sadness', 'joy', null, 'joy'] as const;
  for (const [doc, emotion] of expressed.entries())
    columns.append(doc, {
      length: 5,
      flags: emotionCode(emotion) << emotionShift,
      day: noDay,
      session: noSession,
      speaker: undefined,
    });
  const segments = [
    { segment: segmentOf(2, 1), base: 0 },
    { segment: segmentOf(2, analysisVersion), base: 2 },
  ];
  const located = { columns, segments, count: 6, recents: new RecentTerms(), recentBase: 4 };
  // The last two are in no segment yet.
  expect(allowedBy(located, { emotion: 'joy' })).toEqual({
    allowed: Uint8Array.of(1, 1, 0, 1, 1, 1),
    unsure: Infinity,
  });
});
