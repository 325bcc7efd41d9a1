import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { fixtureTree } from './fixture-tree.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const configuration = readFileSync(join(root, '.oxlintrc.json'), 'utf8');
const linter = join(root, 'node_modules/oxlint/bin/oxlint');

/** Names of the rules that one file breaks, by the configuration of this repository. */
function brokenRules(text: string): string[] {
  const tree = fixtureTree({
    '.oxlintrc.json': configuration,
    'packages/a/src/a.ts': text,
    'tsconfig.json': '{ "compilerOptions": { "strict": true, "module": "nodenext" } }',
  });
  const flags = ['--type-aware', '--deny-warnings', '-f', 'json', '.'];
  const { stdout, status } = spawnSync(process.execPath, [linter, ...flags], {
    cwd: tree,
    encoding: 'utf8',
  });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string }[] };
  expect(status).toBe(diagnostics.length === 0 ? 0 : 1);
  return diagnostics.map(({ code }) => code).toSorted();
}

describe('npm run lint:code', () => {
  test('passes harmless code', () => {
    expect(brokenRules('export const half = (n: number): number => n / 2;')).toEqual([]);
  });

  const later = 'const later = async (): Promise<number> => 1;\n';
  test.each([
    ['a floating promise', `${later}export const a = (): void => { later(); };`, 'no-floating'],
    [
      'a promise as a condition',
      `${later}export const a = later() ? 1 : 2;`,
      'no-misused-promises',
    ],
    ['any', 'export const a = (n: any): boolean => n === 1;', 'no-explicit-any'],
    ['a member of any', "export const a: string = JSON.parse('{}').b;", 'no-unsafe-member-access'],
    ['a console', "console.log('a');", 'no-console'],
    [
      'an empty catch',
      'export const a = (b: () => void) => { try { b(); } catch {} };',
      'no-empty',
    ],
    ['a thrown string', "export const a = () => { throw 'b'; };", 'only-throw-error'],
    [
      'a type imported as a value',
      "import { Stats } from 'node:fs';\nexport type A = Stats;",
      'type-imports',
    ],
    [
      'a long function',
      `export const a = (b: () => void) => {${'\n  b();'.repeat(60)}\n};`,
      'max-lines-per',
    ],
    ['a long file', `export const a = 1;${'\n'.repeat(401)}`, 'max-lines'],
  ])('fails on %s', (_, text, rule) => {
    expect(brokenRules(text)).toContainEqual(expect.stringContaining(rule));
  });

  test('reads tests, scripts and benchmarks as well', () => {
    const listed = execFileSync(process.execPath, [linter, '--debug=files', '.'], {
      cwd: root,
      encoding: 'utf8',
    });
    for (const path of ['packages/server/test/gates/lint.test.ts', 'scripts/start.mjs', 'bench/'])
      expect(listed).toContain(path);
  });
});
