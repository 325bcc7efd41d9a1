/** What a parameter may be. JSON goes as text with a `::jsonb` cast: drivers disagree about objects. */
export type SqlValue =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly (string | number | boolean | null | Uint8Array)[];

declare const row: unique symbol;

/** One parametrised statement. `Row` is the type of what it returns; nothing is interpolated into the text. */
export interface Sql<Row = never> {
  readonly text: string;
  readonly values: readonly SqlValue[];
  readonly [row]?: Row;
  /** See `planned`. */
  readonly isPlanned?: boolean;
}

type Part = SqlValue | Sql<unknown>;

const isSql = (part: Part): part is Sql<unknown> =>
  typeof part === 'object' && part !== null && 'text' in part && 'values' in part;

const shifted = (text: string, by: number): string =>
  by === 0 ? text : text.replace(/\$(\d+)/g, (_, digits: string) => `$${Number(digits) + by}`);

/**
 * Builds a statement: values become parameters, statements inside it are spliced in.
 *
 * @example
 * const byId = sql<{ content: string }>`select content from memories where user_id = ${userId} and id = ${id}`;
 */
export function sql<Row = never>(strings: TemplateStringsArray, ...parts: Part[]): Sql<Row> {
  const values: SqlValue[] = [];
  let text = strings[0] ?? '';
  for (const [index, part] of parts.entries()) {
    if (isSql(part)) {
      text += shifted(part.text, values.length);
      values.push(...part.values);
    } else {
      values.push(part);
      text += `$${values.length}`;
    }
    text += strings[index + 1] ?? '';
  }
  return { text, values };
}

/**
 * The same statement, to be parsed and planned once where an engine has one session for good, as the embedded one does;
 * Postgres may be behind a pooler, which keeps no names. For statements of hot paths whose one plan suits all values.
 */
export const planned = <Row>(statement: Sql<Row>): Sql<Row> => ({ ...statement, isPlanned: true });
