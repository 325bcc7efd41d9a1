import { emotions } from '@stellar-memory/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  analyseEmotion,
  dominantOf,
  emotionCharacters,
  emotionOf,
  intensityOf,
} from '../../../src/domain/context/emotion.js';
import vectors from './fixtures/emotion.json' with { type: 'json' };

const nothing = { joy: 0, sadness: 0, anger: 0, fear: 0, surprise: 0, disgust: 0 };

describe('emotions as v2 found them', () => {
  const analysed = vectors.cases.filter(({ fn }) => fn === 'analyze_rules');
  // Deliberate: exclamation marks alone are no joy ("The server is down!!").
  const same = analysed.filter(({ in: { text } }) => text !== '!!!');

  test.each(same.map(({ in: { text }, out }) => [text, out] as const))('%j', (text, out) => {
    const vector = analyseEmotion(text ?? '');
    expect({
      ...vector,
      intensity: intensityOf(vector),
      dominant: dominantOf(vector),
    }).toEqual(out);
  });

  test('are all there but one', () => {
    expect(analysed).toHaveLength(40);
    expect(same).toHaveLength(39);
    expect(analyseEmotion('!!!')).toEqual(nothing);
  });

  test.each(vectors.cases.filter(({ fn }) => fn === 'vector'))(
    'the greatest of $in is $out.dominant',
    ({ in: shares, out }) => {
      const vector = { ...nothing, ...shares };
      expect(intensityOf(vector)).toBe(out.intensity);
      expect(dominantOf(vector)).toBe(out.dominant);
    },
  );
});

test.each([
  ['시험에 붙어서 정말 기뻤다', 'joy'],
  ['생일 축하해, 선물 고마워', 'joy'],
  ['이 카페 분위기가 좋아요', 'joy'],
  ['할머니가 그리워서 눈물이 났다', 'sadness'],
  ['이번 발표는 너무 아쉬웠어', 'sadness'],
  ['회의가 또 취소돼서 화가 났다', 'anger'],
  ['야근하라는 말에 열받았다', 'anger'],
  ['수술이 두려워요', 'fear'],
  ['내일 면접이라 긴장된다', 'fear'],
  ['깜짝 놀랐어', 'surprise'],
  ['signed with_love2', 'joy'],
  ['헐 진짜?', 'surprise'],
  ['벌레가 너무 징그러워', 'disgust'],
  ['끔찍한 냄새', 'disgust'],
] as const)('%s expresses %s', (text, emotion) => {
  expect(emotionOf(text)).toBe(emotion);
});

test.each([
  'The server listens on port 8080',
  '민아는 한국어로 보고서를 쓴다',
  // Beginnings of other words, or their insides.
  '날씨 변화나 계절',
  '내일 최고기온은 30도',
  '헐값에 팔았다',
  'hello, winning and happyness are other words',
  // Denied.
  'I am not happy',
  'We were not so very happy',
  "She doesn't love it",
  '기쁘지 않다',
  '좋아하지는 않아',
  '안 좋아',
  '걱정하지 마',
  '걱정 마',
  '',
])('%j expresses nothing', (text) => {
  expect(emotionOf(text)).toBeNull();
});

test('a denial reaches as far as its clause', () => {
  expect(emotionOf('No, I love it')).toBe('joy');
  expect(emotionOf('I do not know why but today I am happy')).toBe('joy');
});

test('shares lie between 0 and 1, and only the beginning of a long text counts', () => {
  const words = fc.constantFrom(
    'happy',
    '😊',
    '!!',
    '슬퍼',
    'not',
    'afraid',
    '헐',
    'wow',
    ' ',
    'x',
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 40 }), (parts) => {
      const vector = analyseEmotion(parts.join(' '));
      for (const emotion of emotions) {
        expect(vector[emotion]).toBeGreaterThanOrEqual(0);
        expect(vector[emotion]).toBeLessThanOrEqual(1);
      }
    }),
  );
  expect(emotionOf(`${' '.repeat(emotionCharacters)}happy`)).toBeNull();
  expect(emotionOf(`happy${' '.repeat(emotionCharacters)}`)).toBe('joy');
});
