import { expect, test } from 'vitest';
import { adapters } from '../../../../../scripts/vectors/adapters.js';
import { judgeModule } from '../../../../../scripts/vectors/judge-module.js';
import { wordsOf } from '../../../src/domain/context/introspection.js';
import vectors from './fixtures/metacognition.json' with { type: 'json' };

test('confidence and coverage are as v2 had them, every case', () => {
  const { agree, cases, wrong } = judgeModule(vectors, adapters['metacognition']!);
  expect(wrong).toEqual([]);
  expect([agree, cases]).toEqual([8, 8]);
});

test('words are those that say something, the most frequent first', () => {
  expect(wordsOf(['The tea is hot', 'Tea and 커피 를 the 커피', '커피', '커피'])).toEqual([
    '커피',
    'tea',
    'hot',
  ]);
  expect(wordsOf([])).toEqual([]);
});
