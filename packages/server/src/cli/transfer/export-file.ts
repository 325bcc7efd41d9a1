import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { ExportEnd } from '@stellar-memory/protocol';
import { CommandFailed } from '../command-failed.js';
import { FileCheck } from './file-check.js';

/**
 * Writes an export to a file, line by line. The file has its name only once it is whole: every checksum was right, and
 * the end says as many memories as there are.
 */
export async function writeExport(
  body: ReadableStream<Uint8Array>,
  file: string,
  onMemories: (count: number) => void,
): Promise<ExportEnd> {
  const part = `${file}.part`;
  const check = new FileCheck();
  try {
    await pipeline(checked(body, check, onMemories), createWriteStream(part));
    const end = check.end();
    if (end === undefined)
      throw new CommandFailed('The export was cut off.', 'Run the command again.');
    await rename(part, file);
    return end;
  } catch (error) {
    await rm(part, { force: true });
    throw error instanceof CommandFailed
      ? error
      : new CommandFailed(`The export to ${file} failed: ${String(error)}`, undefined, error);
  }
}

async function* checked(
  body: ReadableStream<Uint8Array>,
  check: FileCheck,
  onMemories: (count: number) => void,
): AsyncGenerator<string> {
  for await (const line of createInterface({ input: Readable.fromWeb(body) })) {
    check.take(line);
    onMemories(check.memories);
    yield `${line}\n`;
  }
}
