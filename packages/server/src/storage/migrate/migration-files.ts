import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MigrationError } from './migration-error.js';

/**
 * How a step runs.
 * - `transaction`: in one transaction together with the note that it is done.
 * - `online`: one statement outside a transaction (`create index concurrently`); may run twice.
 * - `batches`: one statement that does up to `$1` rows and answers how many (`done`), repeated until none.
 * - `each`: one statement that answers statements, each of which runs like `online`.
 */
export type StepKind = 'transaction' | 'online' | 'batches' | 'each';

/** A part of a migration that is done or not, never half. */
export interface Step {
  readonly kind: StepKind;
  readonly title: string;
  readonly text: string;
}

/** One numbered change of the schema, with its way back. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  /** Waits until the operator says that v1 no longer writes. */
  readonly afterLegacyWindow: boolean;
  /** Servers of an older release must not run on it. */
  readonly breaking: boolean;
  readonly up: readonly Step[];
  readonly down: readonly Step[];
  /** SHA-256 of the way up, included files and all. */
  readonly checksum: string;
}

/** Folder of the SQL files, from sources and from the build alike. */
export const migrationsFolder = fileURLToPath(new URL('../../../migrations/', import.meta.url));

/** Reads every migration of the folder, lowest version first. */
export async function loadMigrations(folder = migrationsFolder): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.up.sql')).sort();
  const migrations = await Promise.all(names.map((name) => loadMigration(folder, name)));
  for (const [index, { version, name }] of migrations.entries())
    if (version !== index)
      throw new MigrationError(
        `Migration ${name} should be number ${index}: numbers have no gaps.`,
      );
  return migrations;
}

async function loadMigration(folder: string, fileName: string): Promise<Migration> {
  const name = fileName.slice(0, -'.up.sql'.length);
  if (!/^\d{3}_[a-z0-9_]+$/.test(name))
    throw new MigrationError(`Migration file ${fileName} is not named NNN_words.up.sql.`);
  const up = await readExpanded(folder, fileName);
  const directives = [...up.matchAll(/^-- migrate: (.+)$/gm)].map((match) => match[1]);
  return {
    version: Number(name.slice(0, 3)),
    name,
    afterLegacyWindow: directives.includes('after-legacy-window'),
    breaking: directives.includes('breaking'),
    up: parseSteps(up, fileName),
    down: parseSteps(await readExpanded(folder, `${name}.down.sql`), `${name}.down.sql`),
    checksum: createHash('sha256').update(up).digest('hex'),
  };
}

async function readExpanded(folder: string, fileName: string): Promise<string> {
  const text = (await readFile(join(folder, fileName), 'utf8')).replaceAll('\r\n', '\n');
  const parts = text.split(/^-- include: (.+)$/m);
  const expanded = parts.map(async (part, index) =>
    index % 2 === 1 ? readFile(join(folder, part), 'utf8') : part,
  );
  return (await Promise.all(expanded)).join('').replaceAll('\r\n', '\n');
}

/**
 * Splits a script at its `-- step …:` lines; a script without any is one transaction.
 * The first step must be a transaction, so that a migration with no step done has changed nothing.
 */
export function parseSteps(text: string, fileName: string): Step[] {
  const [head = '', ...parts] = text.split(/^-- step(?: (online|batches|each))?: (.+)$/m);
  if (parts.length === 0) return [{ kind: 'transaction', title: 'all of it', text }];
  if (/^(?!--).*\S/m.test(head))
    throw new MigrationError(`${fileName}: statements before the first step belong to no step.`);
  const steps: Step[] = [];
  for (let at = 0; at < parts.length; at += 3)
    steps.push({
      kind: (parts[at] as StepKind | undefined) ?? 'transaction',
      title: parts[at + 1] ?? '',
      text: (parts[at + 2] ?? '').trim(),
    });
  if (fileName.endsWith('.up.sql') && steps[0]?.kind !== 'transaction')
    throw new MigrationError(`${fileName}: the first step must be a transaction.`);
  return steps;
}
