import pg from 'pg';
import { serialize } from 'pg-protocol';

/** One statement of a batch, and who waits for it. */
export interface BatchStatement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly resolve: (result: pg.QueryResult) => void;
  readonly reject: (error: unknown) => void;
}

/** What the driver's connection offers to query classes, as pg-cursor uses it; its types do not name it. */
interface WireConnection {
  readonly stream: { write(bytes: Uint8Array): void };
  sendCopyFail(reason: string): void;
}

interface WireResult extends pg.QueryResult {
  addFields(fields: unknown): void;
  parseRow(fields: unknown): unknown;
  addRow(row: unknown): void;
  addCommandComplete(message: unknown): void;
}

const { Result, utils } = pg as unknown as {
  readonly Result: new (rowMode: undefined, types: pg.CustomTypesConfig) => WireResult;
  readonly utils: { prepareValue(value: unknown): unknown };
};

const statementMessages = ({ text, values }: BatchStatement): Uint8Array[] => [
  serialize.parse({ text }),
  serialize.bind({ values: [...values], valueMapper: utils.prepareValue }),
  serialize.describe({ type: 'P' }),
  serialize.execute({}),
];

/**
 * Several statements as one message with one end: the database wakes up once for all of them and answers once.
 * A socket write wakes the other side, which costs more than a simple statement does; docs/adr/postgres-driver.md has
 * the figures. After the first failure the database skips the rest.
 */
export class StatementBatch {
  readonly #statements: readonly BatchStatement[];
  readonly #types: pg.CustomTypesConfig;
  readonly #results: WireResult[] = [];
  readonly #onEnd: (error: unknown) => void;
  #current: WireResult | undefined;
  #broken: unknown;

  /** @param onEnd called when every statement has its answer or its error, with the error if there was one */
  constructor(
    statements: readonly BatchStatement[],
    types: pg.CustomTypesConfig,
    onEnd: (error: unknown) => void,
  ) {
    this.#statements = statements;
    this.#types = types;
    this.#onEnd = onEnd;
  }

  /** Called by the driver when the connection is free. */
  submit(connection: WireConnection): Error | null {
    try {
      // One buffer, not one a message: a stream handles each chunk by itself.
      const messages = this.#statements.flatMap(statementMessages);
      connection.stream.write(Buffer.concat([...messages, serialize.sync()]));
      return null;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  handleRowDescription(message: { fields: unknown }): void {
    this.#now().addFields(message.fields);
  }

  handleDataRow(message: { fields: unknown }): void {
    if (this.#broken !== undefined) return;
    try {
      const result = this.#now();
      result.addRow(result.parseRow(message.fields));
    } catch (error) {
      // A value that does not fit its type: the answer is worthless, and the batch has to be read to its end.
      this.#broken = error;
    }
  }

  handleCommandComplete(message: unknown): void {
    this.#now().addCommandComplete(message);
    this.#next();
  }

  handleEmptyQuery(): void {
    this.#next();
  }

  /** The database refused a statement and skips the rest, or the connection is lost. */
  handleError(error: unknown): void {
    this.#settle(error);
  }

  handleReadyForQuery(): void {
    this.#settle(this.#broken);
  }

  handlePortalSuspended(): void {
    this.#broken = new Error('a statement was suspended, which none asks for');
  }

  handleCopyInResponse(connection: WireConnection): void {
    connection.sendCopyFail('nothing is copied here');
  }

  handleCopyData(): void {
    this.#broken = new Error('a statement copies out, which none may');
  }

  /** Statements that had an answer get it even when a later one failed. */
  #settle(error: unknown): void {
    const answered = this.#broken === undefined ? this.#results : [];
    for (const [index, { resolve, reject }] of this.#statements.entries()) {
      const result = answered[index];
      if (result === undefined) reject(error);
      else resolve(result);
    }
    this.#onEnd(error);
  }

  #now(): WireResult {
    this.#current ??= new Result(undefined, this.#types);
    return this.#current;
  }

  #next(): void {
    this.#results.push(this.#now());
    this.#current = undefined;
  }
}
