import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkWorkspace } from '../../../../scripts/boundaries/check-workspace.mjs';
import { fixtureTree } from './fixture-tree.js';

const repository = fileURLToPath(new URL('../../../..', import.meta.url));
const gate = fileURLToPath(new URL('../../../../scripts/check-boundaries.mjs', import.meta.url));

const server = (path: string) => `packages/server/src/${path}`;

/** A tree in which every layer that the cases below import from is there, and nothing is wrong. */
const cleanTree = {
  'packages/protocol/src/index.ts': 'export type Tier = string; export const tiers = [];',
  [server('domain/ids.ts')]: "import { randomBytes } from 'node:crypto'; export { randomBytes };",
  [server('storage/sql.ts')]: 'export const sql = () => 1; export type Sql = number;',
  [server('storage/tenant-door.ts')]: "import { sql } from './sql.js'; export const door = sql;",
  [server('storage/system-door.system.ts')]: 'export interface SystemDoor {}',
  [server('storage/statements/users.system.ts')]:
    "import type { SystemDoor } from '../system-door.system.js'; export type Row = SystemDoor; export const find = 1;",
  [server('memory/store.ts')]: "export { door } from '../storage/tenant-door.js';",
  [server('app.ts')]: "export type { SystemDoor } from './storage/system-door.system.js';",
};

/** What the gate says of the clean tree with one more file. */
const problemsOf = (path: string, text: string): readonly string[] =>
  checkWorkspace(fixtureTree({ ...cleanTree, [path]: text })).problems;

describe('the import boundaries', () => {
  test('let a tree without violations pass', () => {
    const { problems, files, imports } = checkWorkspace(fixtureTree(cleanTree));
    expect(problems).toEqual([]);
    expect(files).toHaveLength(8);
    expect(imports).toBe(5);
  });

  const door = '../storage/tenant-door.js';
  test.each([
    ['import', `import { door } from '${door}'; door;`],
    [
      'import type',
      `import type { door } from '${door}'; type D = typeof door; export type { D };`,
    ],
    ['side-effect import', `import '${door}';`],
    ['dynamic import', `export const load = () => import('${door}');`],
    ['dynamic import of a template', `export const load = () => import(\`${door}\`);`],
    ['re-export', `export { door } from '${door}';`],
    ['re-export of everything', `export * from '${door}';`],
    ['re-export of a type', `export type { door } from '${door}';`],
    ['import in a type', `export type D = typeof import('${door}');`],
    ['import equals', `import door = require('${door}'); door;`],
    ['module augmentation', `declare module '${door}' { interface X {} }`],
    ['worker file', `new Worker(new URL('${door}', import.meta.url));`],
  ])('stop HTTP from reaching storage by %s', (_, text) => {
    expect(problemsOf(server('http/route.ts'), text)).toEqual([
      `${server('http/route.ts')}:1: http may not import storage`,
    ]);
  });

  test.each([
    ['domain/a.ts', "import '../storage/tenant-door.js';", 'domain may not import storage'],
    ['domain/a.ts', "import 'node:fs';", 'domain may not use node:fs'],
    ['domain/a.ts', 'export const at = Date.now();', 'pure rules take the time and chance'],
    ['domain/a.ts', 'export const at = new Date();', 'pure rules take the time and chance'],
    ['storage/a.ts', "import '../memory/store.js';", 'storage may not import memory'],
    ['recall/a.ts', "import '../memory/store.js';", 'recall may not import memory'],
    ['memory/a.ts', "import 'pg';", 'only storage may use pg'],
    ['memory/a.ts', "import 'fastify';", 'only http, app may use fastify'],
    ['memory/a.ts', "import { sql } from '../storage/sql.js';", 'SQL is written in storage only'],
    ['memory/a.ts', "import type { Sql } from '../storage/sql.js';", 'SQL is written in storage'],
    ['memory/a.ts', "import '../app.js';", 'memory may not import app'],
    ['memory/a.ts', "import './gone.js';", './gone.js is no source file'],
    ['memory/a.ts', "import '../../../protocol/src/index.js';", 'leaves the package'],
    ['memory/a.ts', 'export const a = (name: string) => import(name);', 'computed import'],
    ['memory/a.ts', 'export const a = process.env.A;', 'only main and cli read the environment'],
    ['memory/a.ts', "export const a = process['env'];", 'only main and cli read the environment'],
    ['memory/a.ts', 'export const a = globalThis.process.env;', 'only main and cli read'],
    ['memory/a.ts', 'const { env } = process; export { env };', 'only main and cli read'],
    ['memory/a.ts', "import { env } from 'node:process'; env;", 'only main and cli read'],
    ['memory/a.ts', 'export default 1;', 'no default exports'],
    ['memory/a.ts', 'const a = 1; export { a as default };', 'no default exports'],
    ['strange/a.ts', 'export {};', 'belongs to no layer'],
    ['strange.ts', 'export {};', 'belongs to no layer'],
  ])('say what is wrong in %s with %s', (path, text, problem) => {
    const problems = problemsOf(server(path), text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  test.each([
    ['the door, by type', "import type { SystemDoor } from '../storage/system-door.system.js';"],
    ['a statement', "import { find } from '../storage/statements/users.system.js';"],
  ])('keep %s to files that say .system', (_, text) => {
    expect(problemsOf(server('auth/admin.ts'), text)).toHaveLength(1);
    expect(problemsOf(server('auth/admin.system.ts'), text)).toEqual([]);
  });

  test('let row types of a system statement travel', () => {
    const text = "import type { Row } from '../storage/statements/users.system.js';";
    expect(problemsOf(server('auth/cache.ts'), text)).toEqual([]);
  });

  test('let main and the command line read the environment', () => {
    expect(problemsOf(server('main.ts'), 'process.env;')).toEqual([]);
    expect(problemsOf(server('cli/serve.ts'), 'process.env;')).toEqual([]);
  });

  test('let the client know the protocol by its types only', () => {
    const client = 'packages/client/src/index.ts';
    const types = "import type { Tier } from '@stellar-memory/protocol'; export type { Tier };";
    expect(problemsOf(client, types)).toEqual([]);
    expect(problemsOf(client, "export { tiers } from '@stellar-memory/protocol';")).toHaveLength(1);
  });

  test('keep Node to the one file of the client that browsers never load', () => {
    const text = "import { readFile } from 'node:fs/promises'; readFile(process.env.A!);";
    expect(problemsOf('packages/client/src/local-key.ts', text)).toEqual([]);
    expect(problemsOf('packages/client/src/settings.ts', text)).toHaveLength(2);
    const wanted = "import { readLocalKey } from '#local-key'; readLocalKey;";
    expect(problemsOf('packages/client/src/key-source.ts', wanted)).toEqual([]);
  });

  test('refuse a file that does not parse instead of seeing nothing in it', () => {
    expect(() => problemsOf(server('memory/a.ts'), 'import {')).toThrow('does not parse');
  });
});

describe('npm run check:boundaries', () => {
  const run = (root: string) => spawnSync(process.execPath, [gate, root], { encoding: 'utf8' });

  test('fails on a violation and on a tree in which it sees nothing', () => {
    expect(run(fixtureTree(cleanTree)).status).toBe(0);
    const violation = { [server('domain/a.ts')]: "import '../storage/sql.js';" };
    expect(run(fixtureTree({ ...cleanTree, ...violation })).status).toBe(1);
    expect(run(fixtureTree({ 'README.md': '' })).status).toBe(1);
  });

  test('reads every source that the repository holds', () => {
    const below = join(repository, 'packages/server/src');
    const names = readdirSync(below, { encoding: 'utf8', recursive: true });
    const sources = names.filter((name) => name.endsWith('.ts')).map(server);
    expect(sources.length).toBeGreaterThan(50);
    expect(checkWorkspace(repository).files).toEqual(expect.arrayContaining(sources));
  });
});
