import { expect, test } from 'vitest';
import { formOf } from '../../../src/domain/context/content-type.js';

test.each([
  ['{"a": 1}', 'json', null],
  ['[1, 2]', 'json', null],
  ['{bad json', 'text', null],
  ['42', 'text', null],
  ['def foo(): pass', 'code', 'python'],
  ['SELECT * FROM t', 'code', 'sql'],
  ['const x = (a) => a', 'code', 'javascript'],
  ['const x: number = 1', 'code', 'typescript'],
  ['func main() {', 'code', 'go'],
  ['fn main() {}', 'code', 'rust'],
  ['public class A {}', 'code', 'java'],
  ['<div>hi</div>', 'code', 'html'],
  ['a {color: red}', 'code', 'css'],
  ['The fix is:\n```ts\nlet a = 1;\n```\n', 'code', 'ts'],
])('%s is %s', (text, type, language) => {
  expect(formOf(text)).toEqual({ type, language });
});

test.each([
  'let me think about it',
  'use the force',
  'We should import more data',
  'import the goods',
  'type of thing',
  'Select one from the list, please.',
  'Mina said: a < b and c > d.',
  '나는 서울에 산다.',
  '',
])('%s is text, whatever words it has', (text) => {
  expect(formOf(text)).toEqual({ type: 'text', language: null });
});

test('whatever the text, it is told at once', () => {
  const texts = [
    'a ',
    '{',
    'x x',
    '<p ',
    '.a:b ',
    'a:b,',
    'let a',
    'def a(',
    ' ',
    '[',
    'func a(',
    'A<',
  ].map((part) => part.repeat(32_000 / part.length));
  const cpu = process.cpuUsage();
  for (const text of texts) formOf(`select ${text}`);
  for (const text of texts) formOf(text);
  expect(process.cpuUsage(cpu).user / 1_000).toBeLessThan(2_000);
});
