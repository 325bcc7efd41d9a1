import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { claimsOf } from '../../../../scripts/requirements/claims-of.mjs';
import { judgeClaims } from '../../../../scripts/requirements/judge-claims.mjs';
import requirements from '../../../../scripts/requirements.json' with { type: 'json' };
import { parseSource } from '../../../../scripts/source/parse.mjs';
import { fixtureTree } from './fixture-tree.js';

const gate = fileURLToPath(new URL('../../../../scripts/check-requirements.mjs', import.meta.url));
const header = "import { verifies } from '../support/verifies.js';\n";

const claimsIn = (text: string) =>
  claimsOf(parseSource(fixtureTree({ 'a.test.ts': header + text }), 'a.test.ts'));

describe('reading claims', () => {
  test('finds every id of every call inside tests, with its place', () => {
    const { claims, problems } = claimsIn(`
      describe('a', () => { verifies('F1'); test('b', () => { verifies('F2', \`FR-01\`); }); });`);
    expect(problems).toEqual([]);
    expect(claims).toEqual([
      { id: 'F1', place: 'a.test.ts:3' },
      { id: 'F2', place: 'a.test.ts:3' },
      { id: 'FR-01', place: 'a.test.ts:3' },
    ]);
  });

  test('follows the import, whatever the local name', () => {
    const text =
      "import { verifies as proves } from './verifies.js'; test('a', () => proves('F1'));";
    const source = parseSource(fixtureTree({ 'a.test.ts': text }), 'a.test.ts');
    expect(claimsOf(source).claims).toHaveLength(1);
  });

  test('sees no claim in a comment, in a string or in another function of that name', () => {
    const text = "// verifies('F1')\ntest('verifies(\\'F1\\')', () => other.verifies('F1'));";
    expect(claimsIn(text)).toEqual({ claims: [], problems: [] });
    const stranger = fixtureTree({ 'a.test.ts': "test('a', () => verifies('F1'));" });
    expect(claimsOf(parseSource(stranger, 'a.test.ts')).claims).toEqual([]);
  });

  test.each([
    ["test.skip('a', () => { verifies('F1'); });", 'switched off'],
    ["describe.skip('a', () => { test('b', () => { verifies('F1'); }); });", 'switched off'],
    ["test.skip.each([1])('a', () => { verifies('F1'); });", 'switched off'],
    ["describe.todo('a', () => { verifies('F1'); });", 'switched off'],
    ["verifies('F1');", 'outside of any test'],
    ["test('a', () => { verifies(id); });", 'written as it is'],
    ["test('a', () => { verifies(...ids); });", 'written as it is'],
  ])('takes no claim from %s', (text, problem) => {
    const { claims, problems } = claimsIn(text);
    expect(claims).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });
});

describe('judging claims', () => {
  const place = 'a.test.ts:1';
  const row = { text: 'Rows have owners', priority: 'critical' };

  test('passes when every id has a test', () => {
    expect(judgeClaims({ F1: row }, [{ id: 'F1', place }])).toEqual({ problems: [], open: [] });
  });

  test('fails on an id without a test', () => {
    expect(judgeClaims({ F1: row }, []).problems).toEqual(['F1: no test (Rows have owners)']);
  });

  test('lets a pending id wait, and says so', () => {
    const judged = judgeClaims({ F5: { ...row, pending: 'issue 9' } }, []);
    expect(judged).toEqual({ problems: [], open: ['F5 pending, issue 9 (Rows have owners)'] });
  });

  test('fails on a pending id that has a test', () => {
    const judged = judgeClaims({ F5: { ...row, pending: 'issue 9' } }, [{ id: 'F5', place }]);
    expect(judged.problems).toEqual([`F5: marked pending, yet ${place} verifies it`]);
  });

  test('fails on an unknown id, also one that every object inherits', () => {
    const { problems } = judgeClaims({}, [
      { id: 'F9', place },
      { id: 'constructor', place },
    ]);
    expect(problems).toHaveLength(2);
  });
});

describe('npm run check:requirements', () => {
  const run = (root: string) => spawnSync(process.execPath, [gate, root], { encoding: 'utf8' });
  const ids = Object.entries(requirements)
    .filter(([, row]) => !('pending' in row))
    .map(([id]) => id);
  const claiming = (some: readonly string[]) =>
    fixtureTree({
      'packages/server/test/a.test.ts': `${header}test('a', () => { verifies(${some
        .map((id) => `'${id}'`)
        .join(', ')}); });`,
    });

  test('passes with a claim for every id, fails with one missing and on an empty tree', () => {
    expect(run(claiming(ids))).toMatchObject({ status: 0 });
    expect(run(claiming(ids.slice(1)))).toMatchObject({ status: 1 });
    expect(run(fixtureTree({ 'README.md': '' }))).toMatchObject({ status: 1 });
  });
});
