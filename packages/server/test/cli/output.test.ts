import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable } from '../../src/cli/output.js';

test('a stored text cannot steer the terminal of who recalls it', () => {
  expect(printable('red \u001b[31malert\u001b[0m\u0007')).toBe('red  [31malert [0m ');
  expect(printable('a\u202egnp.exe')).toBe('a gnp.exe');
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      (text) => !/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(printable(text)),
    ),
  );
});

test('what people write stays as it is', () => {
  for (const text of ['두 줄\n여기', 'café — “quoted”', '👨‍👩‍👧'])
    expect(printable(text)).toBe(text);
});
