import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findJsonFault } from '../../src/http/json-scanner.js';

/** JSON text as a tree of literals, so that a judge can walk what was written and not what was parsed. */
type Tree =
  | { readonly kind: 'leaf'; readonly literal: string }
  | { readonly kind: 'array'; readonly items: readonly Tree[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, Tree])[] };

const character = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom('a', 'b', '한', '😀', ' ', '/', '~', '[', '{', ',', ':'),
  },
  { weight: 3, arbitrary: fc.constantFrom('\\n', '\\"', '\\\\', '\\/', '\\u0061', '\\uD55C') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('\\ud83d\\ude00', '\\uD83D', '\\uDE00', '\\u0000', '\\uD83D\\n'),
  },
);
const stringLiteral = fc
  .array(character, { maxLength: 6 })
  .map((characters) => `"${characters.join('')}"`);
const keyLiteral = fc.oneof(
  { weight: 6, arbitrary: stringLiteral },
  {
    weight: 2,
    arbitrary: fc.constantFrom('"a"', '"\\u0061"', '"constructor"', '"prototype"', '"__proto__"'),
  },
);
const numberLiteral = fc.oneof(
  fc.constantFrom('0', '-0', '1.5', '1e3', '-2E-7', '1e400', '-1e400', '1e308', '0.1e-400'),
  fc.constantFrom(
    '9007199254740991',
    '9007199254740992',
    '-9007199254740993',
    '9007199254740993.0',
  ),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
);
const leaf = fc
  .oneof(stringLiteral, numberLiteral, fc.constantFrom('true', 'false', 'null'))
  .map((literal): Tree => ({ kind: 'leaf', literal }));

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }).map((items): Tree => ({ kind: 'array', items })),
    fc
      .array(fc.tuple(keyLiteral, tie('tree')), { maxLength: 4 })
      .map((members): Tree => ({ kind: 'object', members })),
  ),
}));

const space = fc.constantFrom('', ' ', '\n', '\t\r ');

function print(node: Tree, gap: string): string {
  if (node.kind === 'leaf') return node.literal;
  if (node.kind === 'array')
    return `[${gap}${node.items.map((item) => print(item, gap)).join(`${gap},`)}]`;
  const members = node.members.map(([key, value]) => `${key}${gap}:${gap}${print(value, gap)}`);
  return `{${gap}${members.join(`,${gap}`)}${gap}}`;
}

/** The rule, written a second time and the slow way: recursion over what was written. */
function isClean(node: Tree, depth: number, underConstructor: boolean): boolean {
  if (node.kind === 'leaf') return isCleanLiteral(node.literal);
  if (depth > 40) return false;
  if (node.kind === 'array') return node.items.every((item) => isClean(item, depth + 1, false));
  const keys = node.members.map(([key]) => JSON.parse(key) as string);
  return (
    new Set(keys).size === keys.length &&
    node.members.every(([key]) => isCleanLiteral(key)) &&
    !keys.includes('__proto__') &&
    !(underConstructor && keys.includes('prototype')) &&
    node.members.every(([, value], index) =>
      isClean(value, depth + 1, keys[index] === 'constructor'),
    )
  );
}

/** A lone surrogate has no UTF-8: it comes back as U+FFFD. */
const surviveUtf8 = (text: string): boolean => Buffer.from(text).toString() === text;

function isCleanLiteral(literal: string): boolean {
  const value: unknown = JSON.parse(literal);
  if (typeof value === 'string') return surviveUtf8(value) && !value.includes('\0');
  if (typeof value !== 'number') return true;
  return Number.isFinite(value) && (!/^-?\d+$/.test(literal) || Number.isSafeInteger(value));
}

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('The JSON scanner', () => {
  test('finds a fault in well-formed JSON exactly when the rules forbid it', () => {
    let refused = 0;
    fc.assert(
      fc.property(tree, space, (node, gap) => {
        const text = print(node, gap);
        JSON.parse(text);
        const fault = findJsonFault(text);
        if (fault !== undefined) refused += 1;
        expect(fault === undefined).toBe(isClean(node, 1, false));
      }),
      { numRuns: 5_000, seed: 2 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  test('ends on any text at all, and never throws', () => {
    const fragment = fc.constantFrom(
      '"',
      '\\',
      '\\u',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '-',
      '1e',
      'a',
    );
    const soup = fc.array(fc.oneof(fragment, fc.string({ maxLength: 3 })), { maxLength: 40 });
    fc.assert(
      fc.property(soup, (parts) => {
        findJsonFault(parts.join(''));
      }),
      { numRuns: 20_000, seed: 3 },
    );
  });

  test('takes whatever JSON.stringify writes of harmless values', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6, stringUnit: 'grapheme' }), (text) => {
        fc.pre(!/__proto__|\\u0000|\d{16}/.test(text));
        expect(findJsonFault(text)).toBeUndefined();
      }),
      { numRuns: 5_000, seed: 4 },
    );
  });

  test('takes 40 levels and refuses 41, however many there are', () => {
    expect(findJsonFault(nested(40))).toBeUndefined();
    for (const levels of [41, 100_000])
      expect(findJsonFault(nested(levels))).toMatchObject({ code: 'invalid_json' });
    expect(findJsonFault('{"a":'.repeat(100_000))).toMatchObject({ code: 'invalid_json' });
  });

  test.each([
    ['{"a":1,"b":{"c":[0,"\\u0000"]}}', 'invalid_content', '/b/c/1'],
    ['{"m":{"a/b":{"~":1e400}}}', 'invalid_content', '/m/a~1b/~0'],
    ['[1,2,9007199254740993]', 'invalid_content', '/2'],
    ['{"a":{"b":1,"\\u0062":2}}', 'invalid_json', '/a/b'],
    ['{"a":{"\\ud800":1}}', 'invalid_content', '/a'],
    ['{"a":{"__proto__":1}}', 'invalid_json', '/a/__proto__'],
    ['{"constructor":{"prototype":{}}}', 'invalid_json', '/constructor/prototype'],
    ['"\\ud800"', 'invalid_content', ''],
  ])('says where the fault of %s is', (text, code, pointer) => {
    expect(findJsonFault(text)).toMatchObject({ code, pointer });
  });

  test('lets a key named constructor or prototype pass where it reaches nothing', () => {
    expect(findJsonFault('{"constructor":"Acme","prototype":{"constructor":1}}')).toBeUndefined();
  });

  test.each([
    ['escapes', `"${'\\n'.repeat(2_000_000)}"`],
    ['escapes that never end', `"${'\\"'.repeat(2_000_000)}`],
    ['empty strings', `[${'"",'.repeat(1_000_000)}""]`],
    ['keys', `{${Array.from({ length: 300_000 }, (_, index) => `"${index}":0`).join(',')}}`],
    ['digits', `[${'1'.repeat(4_000_000)}.5]`],
  ])('stays linear on four million characters of %s', (_name, text) => {
    const startedMs = performance.now();
    findJsonFault(text);
    // Linear takes some 50 ms; quadratic would take hours.
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });
});
