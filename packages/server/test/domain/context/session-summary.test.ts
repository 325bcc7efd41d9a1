import fc from 'fast-check';
import { expect, test } from 'vitest';
import { summaryContent, summaryOf } from '../../../src/domain/context/session-summary.js';

test('a summary has the five most important memories, the earlier first where they are alike', () => {
  const memories = [0.1, 0.9, 0.5, 0.9, 0.2, 0.3, 0.4].map((importance, at) => ({
    content: `item ${at}`,
    importance,
  }));
  expect(summaryOf(memories)).toBe('item 1 | item 3 | item 2 | item 6 | item 5');
  expect(summaryOf([])).toBe('');
  expect(summaryContent('a | b')).toBe('[Session Summary] a | b');
});

test('each is cut to a hundred characters, and never within one', () => {
  const content = fc.string({ unit: 'binary', maxLength: 200 });
  fc.assert(
    fc.property(content, (text) => {
      const summary = summaryOf([{ content: text, importance: 0.5 }]);
      expect(summary.length).toBeLessThanOrEqual(100);
      expect(text.startsWith(summary)).toBe(true);
      expect(/\p{Surrogate}/u.test(summary)).toBe(false);
    }),
  );
});
