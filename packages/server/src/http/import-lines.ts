import { type ExportEnd, ExportLine } from '@stellar-memory/protocol';
import { ContentHash, sealOf } from '../domain/sealed-line.js';
import { StellarError } from '../domain/stellar-error.js';
import type { ImportedLine } from '../memory/transfer-service.js';
import type { BodyLine, BodyLines } from './body-lines.js';
import { parseJsonBody } from './json-body.js';
import { validate } from './validate.js';

/**
 * What an import brings: conversations, memories, versions, links. A line's seal is checked where there is one; a header, which a part of an export need not
 * have, asks for an end, which is held against what came before.
 *
 * Errors: `invalid_content` with `progress.line` for the first line that is not as it should be.
 */
export async function* importLines(lines: BodyLines): AsyncGenerator<ImportedLine> {
  const hash = new ContentHash();
  let at = 0;
  let memories = 0;
  let rows = 0;
  let awaitsEnd = false;
  let isOver = false;
  for await (const { line, bytes } of lines) {
    if (isOver) throw atLine(line, 'comes after the end of an export');
    const { value, seal } = readLine({ line, bytes });
    at = line;
    if (value.type === 'header') {
      if (awaitsEnd || rows > 0) throw atLine(line, 'is a header, which comes first');
      awaitsEnd = true;
    } else if (value.type === 'end') {
      checkEnd(line, value, { memories, rows, hash });
      awaitsEnd = false;
      isOver = true;
    } else {
      rows += 1;
      if (value.type === 'memory') memories += 1;
      if (seal !== undefined) hash.add(seal);
      yield { line, bytes: bytes.length, row: value };
    }
  }
  if (awaitsEnd) throw atLine(at + 1, 'should be the end of the export: the file is cut off');
}

interface ReadLine {
  readonly value: ExportLine;
  /** `undefined` when the line has none. */
  readonly seal: string | undefined;
}

function readLine({ line, bytes }: BodyLine): ReadLine {
  try {
    const value = validate(ExportLine, parseJsonBody(bytes, 'The line'), 'body');
    const seal = sealOf(bytes.toString('utf8').trimEnd());
    if (value.sha256 !== undefined && seal === undefined)
      throw new StellarError('invalid_content', {
        detail: 'The line is not the one that its checksum was made of.',
      });
    return { value, seal };
  } catch (error) {
    throw error instanceof StellarError ? refusedLine(line, error) : error;
  }
}

/** One code for every bad line; what is wrong with it stands in the detail. */
const refusedLine = (line: number, { details }: StellarError): StellarError =>
  new StellarError('invalid_content', {
    ...details,
    detail: `Line ${line}: ${details.detail ?? 'it is refused.'}`,
    progress: { line, stored: 0, existing: 0 },
  });

const atLine = (line: number, what: string): StellarError =>
  new StellarError('invalid_content', {
    detail: `Line ${line} ${what}.`,
    progress: { line, stored: 0, existing: 0 },
  });

function checkEnd(
  line: number,
  end: ExportEnd,
  {
    memories,
    rows,
    hash,
  }: { readonly memories: number; readonly rows: number; readonly hash: ContentHash },
): void {
  if (end.memories !== memories)
    throw atLine(line, `says ${end.memories} memories, but ${memories} came`);
  if (hash.lines === rows && end.content_hash !== hash.hex)
    throw atLine(line, 'has the content hash of other lines');
}
