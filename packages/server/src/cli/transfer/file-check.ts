import { ExportEnd, ExportHeader } from '@stellar-memory/protocol';
import { ContentHash, sealOf } from '../../domain/sealed-line.js';
import { CommandFailed } from '../command-failed.js';

/** Lines of what belongs to memories. */
const others = /^\s*\{\s*"type"\s*:\s*"(?:session|version|link)"/;

/** Reads along an export and holds its end against what came before. */
export class FileCheck {
  readonly #hash = new ContentHash();
  #memories = 0;
  #rows = 0;
  #line = 0;
  #end: ExportEnd | undefined;
  #hasHeader = false;

  get memories(): number {
    return this.#memories;
  }

  /** Takes the next line. True when it is neither header nor end. Errors: `CommandFailed` for a version that is unknown. */
  take(line: string): boolean {
    this.#line += 1;
    if (line.trim() === '') return false;
    if (line.startsWith('{"type":"header"')) this.#takeHeader(line);
    else if (line.startsWith('{"type":"end"')) this.#takeEnd(line);
    else {
      this.#rows += 1;
      if (!others.test(line)) this.#memories += 1;
      const seal = sealOf(line);
      if (seal !== undefined) this.#hash.add(seal);
      return true;
    }
    return false;
  }

  /** The end, when the file has one. Errors: `CommandFailed` when a file with a header has none. */
  end(): ExportEnd | undefined {
    if (this.#hasHeader && this.#end === undefined)
      throw new CommandFailed('The file is cut off: its last line is missing.');
    return this.#end;
  }

  #takeHeader(line: string): void {
    this.#hasHeader = true;
    if (ExportHeader.safeParse(parsed(line)).success) return;
    throw new CommandFailed(
      `Line ${this.#line} is the header of an export that this version does not know.`,
      'Use a newer stellar-memory.',
    );
  }

  #takeEnd(line: string): void {
    const end = ExportEnd.safeParse(parsed(line)).data;
    // Lines without checksums, which a person has written or changed, have no hash to hold against.
    const isSealed = this.#hash.lines === this.#rows;
    if (end?.memories !== this.#memories || (isSealed && end.content_hash !== this.#hash.hex))
      throw new CommandFailed(
        `Line ${this.#line} is the end of another export: memories are missing or were changed.`,
      );
    this.#end = end;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    // Not JSON: the schema refuses it with a message.
    return undefined;
  }
}
