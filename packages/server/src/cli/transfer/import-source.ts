import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { CommandFailed } from '../command-failed.js';
import { FileCheck } from './file-check.js';
import type { SourceLine } from './source-line.js';
import { readSqlite } from './sqlite-file.js';
import { linesOfV2 } from './v2-memory.js';

/** How much was read, of how much, and of what. */
export interface ReadSoFar {
  readonly done: number;
  readonly total: number;
  readonly unit: string;
}

/** What an import reads from. */
export interface ImportSource {
  /** Kind of the file, for the reader. */
  readonly kind: string;
  readonly lines: AsyncIterable<SourceLine> | Iterable<SourceLine>;
  /** How far it was read. */
  readonly progress: () => ReadSoFar;
}

/** Finds out what a file is and opens it. Errors: `CommandFailed`. */
export async function openSource(file: string, nowMs: number): Promise<ImportSource> {
  const head = await firstBytes(file);
  if (head.startsWith('SQLite format 3\0'))
    return ofRows('a SQLite file', await readSqlite(file), nowMs);
  if (!/^\s*\{\s*"type"/.test(head) && /^\s*\{[^{]*"items"/s.test(head))
    return ofRows('a JSON export of v1 or v2', await readJson(file), nowMs);
  return ofLines(file);
}

async function firstBytes(file: string): Promise<string> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4_096), 0, 4_096);
      return buffer.subarray(0, bytesRead).toString('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new CommandFailed(`${file} cannot be read: ${String(error)}`, undefined, error);
  }
}

async function ofLines(file: string): Promise<ImportSource> {
  const { size } = await stat(file);
  const input = createReadStream(file);
  return {
    kind: 'an export',
    lines: memoryLines(input),
    progress: () => ({ done: kilobytes(input.bytesRead), total: kilobytes(size), unit: 'KB' }),
  };
}

const kilobytes = (bytes: number): number => Math.ceil(bytes / 1_024);

async function* memoryLines(
  input: ReturnType<typeof createReadStream>,
): AsyncGenerator<SourceLine> {
  const check = new FileCheck();
  let line = 0;
  for await (const text of createInterface({ input })) {
    line += 1;
    if (check.take(text)) yield { place: `line ${line}`, text };
  }
  check.end();
}

function ofRows(kind: string, rows: readonly unknown[], nowMs: number): ImportSource {
  const lines = linesOfV2(rows, nowMs);
  let taken = 0;
  return {
    kind,
    lines: (function* () {
      for (const line of lines) {
        taken += 1;
        yield line;
      }
    })(),
    progress: () => ({ done: taken, total: lines.length, unit: 'memories' }),
  };
}

const readJson = async (file: string): Promise<unknown[]> =>
  itemsOf(await readFile(file, 'utf8'), file);

/** The items of a JSON export. Errors: `CommandFailed` when it is none. */
export function itemsOf(text: string, file: string): unknown[] {
  try {
    const { items } = JSON.parse(text) as { items?: unknown };
    if (Array.isArray(items)) return items as unknown[];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandFailed(`${file} is not well-formed JSON.`, undefined, error);
  }
  throw new CommandFailed(`${file} has no list of items: it is no export of v1 or v2.`);
}
