import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assertSameHistory } from '../../../src/storage/migrate/bookkeeping.js';
import { loadMigrations, parseSteps } from '../../../src/storage/migrate/migration-files.js';
import { pendingMigrations } from '../../../src/storage/migrate/pending.js';
import { schemaProblem } from '../../../src/storage/migrate/schema-check.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stellar-migrations-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = async (name: string, up: string, down = 'select 1'): Promise<void> => {
  await writeFile(join(folder, `${name}.up.sql`), up);
  await writeFile(join(folder, `${name}.down.sql`), down);
};

test('a file without steps is one transaction', () => {
  expect(parseSteps('-- why\ncreate table t ();', '000_t.up.sql')).toEqual([
    { kind: 'transaction', title: 'all of it', text: '-- why\ncreate table t ();' },
  ]);
});

test('steps say how they run', () => {
  const text = `-- why\n\n-- step: a\ncreate table t ();\n-- step online: b\nselect 1;\n-- step batches: c\nselect 2;\n-- step each: d\nselect 3;`;
  expect(parseSteps(text, '000_t.up.sql')).toEqual([
    { kind: 'transaction', title: 'a', text: 'create table t ();' },
    { kind: 'online', title: 'b', text: 'select 1;' },
    { kind: 'batches', title: 'c', text: 'select 2;' },
    { kind: 'each', title: 'd', text: 'select 3;' },
  ]);
});

test('statements before the first step, and a first step that could be done unseen, are refused', () => {
  expect(() => parseSteps('select 1;\n-- step: a\nselect 2;', '000_t.up.sql')).toThrow(/no step/);
  expect(() => parseSteps('-- step online: a\nselect 2;', '000_t.up.sql')).toThrow(/first step/);
  expect(parseSteps('-- step online: a\nselect 2;', '000_t.down.sql')).toHaveLength(1);
});

test('numbers have no gaps and names have one form', async () => {
  await write('000_a', 'select 1');
  await write('002_b', 'select 1');
  await expect(loadMigrations(folder)).rejects.toThrow(/should be number 1/);
  await write('01_c', 'select 1');
  await expect(loadMigrations(folder)).rejects.toThrow(/not named/);
});

test('an included file is part of the checksum', async () => {
  await write('000_a', '-- include: part.sql');
  await writeFile(join(folder, 'part.sql'), 'select 1');
  const [before] = await loadMigrations(folder);
  await writeFile(join(folder, 'part.sql'), 'select 2');
  const [after] = await loadMigrations(folder);
  expect(after?.up[0]?.text).toBe('select 2');
  expect(after?.checksum).not.toBe(before?.checksum);
});

test('line endings of a checkout change no checksum', async () => {
  await write('000_a', '-- step: a\nselect 1;\n');
  const [unix] = await loadMigrations(folder);
  await write('000_a', '-- step: a\r\nselect 1;\r\n');
  expect((await loadMigrations(folder))[0]).toEqual(unix);
});

const recorded = (version: number, checksum: string) =>
  ({
    version,
    name: `00${version}`,
    checksum,
    state: 'applied',
    stepsDone: 1,
    changedAt: '',
  }) as const;

test('a database of a newer release and a file changed after it was applied are refused', async () => {
  await write('000_a', 'select 1');
  const migrations = await loadMigrations(folder);
  const state = (...all: ReturnType<typeof recorded>[]) => ({
    recorded: new Map(all.map((one) => [one.version, one])),
    adoption: undefined,
  });
  const checksum = migrations[0]?.checksum ?? '';
  expect(() => assertSameHistory(migrations, state(recorded(0, checksum)))).not.toThrow();
  expect(() => assertSameHistory(migrations, state(recorded(0, 'other')))).toThrow(/changed after/);
  expect(() =>
    assertSameHistory(migrations, state(recorded(0, checksum), recorded(1, 'x'))),
  ).toThrow(/newer release/);
});

test('what is after the legacy window waits for its end, what comes later does not', async () => {
  await write('000_a', 'select 1');
  await write('001_b', '-- migrate: after-legacy-window\nselect 1');
  await write('002_c', '-- migrate: breaking\nselect 1');
  const migrations = await loadMigrations(folder);
  const [a, b, c] = migrations;
  const open = { recorded: new Map(), adoption: { legacyOwner: 'x', windowOpen: true } };
  expect(pendingMigrations(migrations, open, {})).toEqual({ ready: [a, c], waiting: [b] });
  expect(pendingMigrations(migrations, open, { endLegacy: true }).ready).toEqual([a, b, c]);
  expect(pendingMigrations(migrations, open, { to: 0 })).toEqual({ ready: [a], waiting: [] });
  const fresh = { recorded: new Map(), adoption: undefined };
  expect(pendingMigrations(migrations, fresh, {}).ready).toEqual([a, b, c]);
});

test('a server serves a schema that has all it needs and nothing that breaks it', async () => {
  await write('000_a', 'select 1');
  await write('001_b', '-- migrate: after-legacy-window\nselect 1');
  const migrations = await loadMigrations(folder);
  const applied = (version: number, breaking = false) => ({ version, breaking });
  expect(schemaProblem(migrations, [])).toMatch(/lacks migration 000_a.*migrate up/);
  expect(schemaProblem(migrations, [applied(0)])).toBeUndefined();
  expect(schemaProblem(migrations, [applied(0), applied(2)])).toBeUndefined();
  expect(schemaProblem(migrations, [applied(0), applied(2, true)])).toMatch(/newer release/);
});
