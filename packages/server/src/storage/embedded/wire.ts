import pg from 'pg';
import { DatabaseError as ProtocolError, serialize } from 'pg-protocol';
import type {
  BackendMessage,
  CommandCompleteMessage,
  DataRowMessage,
  ReadyForQueryMessage,
  RowDescriptionMessage,
} from 'pg-protocol/dist/messages.js';
import { Parser } from 'pg-protocol/dist/parser.js';
import { rowTypes } from '../postgres/row-types.js';
import type { SqlValue } from '../sql.js';

// The same serializer, parser and value conversion as the Postgres driver's, so that both engines agree.

/** What one statement came to. */
export interface Outcome {
  readonly rows: readonly unknown[];
  /** The command tag, for example `COMMIT`; the last one of several statements. */
  readonly command: string;
  /** What the database said, or why a value of its answer cannot be read. */
  readonly error: Error | undefined;
  /** `I` outside a transaction, `T` in one, `E` in a failed one. */
  readonly status: string;
  /** False when the engine answered neither a completion nor an error: it is not to be trusted further. */
  readonly complete: boolean;
}

/** A text of one or more statements without parameters. */
export const simpleQuery = (text: string): Uint8Array => serialize.query(text);

// The types have no `utils`, which the driver exports.
const { prepareValue } = (pg as unknown as { utils: { prepareValue: (value: unknown) => unknown } })
  .utils;

/** One statement with parameters, unnamed: planned for its values. */
export const parametrisedQuery = (text: string, values: readonly SqlValue[]): Uint8Array =>
  Buffer.concat([
    serialize.parse({ text }),
    serialize.bind({ values: [...values], valueMapper: prepareValue }),
    serialize.describe({ type: 'P' }),
    serialize.execute(),
    serialize.sync(),
  ]);

/** The same, which leaves the statement behind under a name; one that was there is replaced. */
export const namingQuery = (name: string, text: string, values: readonly SqlValue[]): Uint8Array =>
  Buffer.concat([
    serialize.close({ type: 'S', name }),
    serialize.parse({ name, text }),
    namedQuery(name, values),
  ]);

/** One statement that was left behind under a name. */
export const namedQuery = (name: string, values: readonly SqlValue[]): Uint8Array =>
  Buffer.concat([
    serialize.bind({ statement: name, values: [...values], valueMapper: prepareValue }),
    serialize.describe({ type: 'P' }),
    serialize.execute(),
    serialize.sync(),
  ]);

/** Reads the answer: one outcome for each query sent. */
export function outcomes(bytes: Uint8Array): Outcome[] {
  const all: Outcome[] = [];
  let reader = new OutcomeReader();
  new Parser().parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), (message) => {
    reader.read(message);
    if (message.name !== 'readyForQuery') return;
    all.push(reader.outcome((message as ReadyForQueryMessage).status));
    reader = new OutcomeReader();
  });
  return all;
}

type Column = readonly [name: string, parse: (text: string) => unknown];

class OutcomeReader {
  #columns: readonly Column[] = [];
  #rows: unknown[] = [];
  #command: string | undefined;
  #parametrised = false;
  #error: Error | undefined;

  read(message: BackendMessage): void {
    if (message instanceof ProtocolError) this.#error ??= message;
    else if (message.name === 'rowDescription') this.#describe(message as RowDescriptionMessage);
    else if (message.name === 'dataRow') this.#row(message as DataRowMessage);
    else if (message.name === 'commandComplete')
      this.#command = (message as CommandCompleteMessage).text;
    // No statement of ours is empty, but a text that the owner sends may be.
    else if (message.name === 'emptyQuery' && !this.#parametrised) this.#command = '';
    else if (message.name === 'parseComplete') this.#parametrised = true;
  }

  outcome(status: string): Outcome {
    return {
      rows: this.#rows,
      command: this.#command ?? '',
      error: this.#error,
      status,
      complete: this.#command !== undefined || this.#error !== undefined,
    };
  }

  #describe({ fields }: RowDescriptionMessage): void {
    this.#rows = [];
    this.#columns = fields.map(({ name, dataTypeID }) => [
      name,
      rowTypes.getTypeParser(dataTypeID, 'text') as (text: string) => unknown,
    ]);
  }

  #row({ fields }: DataRowMessage): void {
    try {
      this.#rows.push(this.#parsed(fields));
    } catch (error) {
      this.#error ??= error instanceof Error ? error : new Error(String(error));
    }
  }

  #parsed(fields: readonly (string | null)[]): Record<string, unknown> {
    const row: Record<string, unknown> = {};
    for (const [index, [name, parse]] of this.#columns.entries()) {
      const text = fields[index] ?? null;
      row[name] = text === null ? null : parse(text);
    }
    return row;
  }
}
