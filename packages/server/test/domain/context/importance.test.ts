import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adapters } from '../../../../../scripts/vectors/adapters.js';
import { judgeModule } from '../../../../../scripts/vectors/judge-module.js';
import { evaluateImportance } from '../../../src/domain/context/importance.js';
import vectors from './fixtures/importance_evaluator.json' with { type: 'json' };

test('texts are as important as v2 found them', () => {
  const { agree, cases, wrong } = judgeModule(vectors, adapters['importance_evaluator']!);
  expect(wrong).toEqual([]);
  expect([agree, cases]).toEqual([53, 54]);
});

test.each([
  ['내일까지 보고서를 내야 해, 해야 한다', 'actionable'],
  ['비밀번호는 잊지 마', 'explicit'],
  ['결과는 2026-01-02에 500 km였다', 'factual'],
  ['이 카페 최고!! 사랑해', 'emotional'],
] as const)('%s is %s', (text, part) => {
  const { [part]: share, ...others } = evaluateImportance(text);
  expect(share).toBeGreaterThanOrEqual(0.4);
  expect(others.importance).toBeGreaterThan(0);
});

test('every part lies between 0 and 1, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      for (const part of Object.values(evaluateImportance(text))) {
        expect(part).toBeGreaterThanOrEqual(0);
        expect(part).toBeLessThanOrEqual(1);
      }
    }),
  );
});
