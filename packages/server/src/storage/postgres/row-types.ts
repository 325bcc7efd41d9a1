import pg from 'pg';

const int8 = 20;
const int8Array = 1016;

/** int8 as a number. Silent rounding beyond 2^53 would corrupt counters, so it is an error. */
export function exactNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 ${text} does not fit a number`);
  return value;
}

const parseInt8Array = (text: string): (number | null)[] =>
  text === '{}'
    ? []
    : text
        .slice(1, -1)
        .split(',')
        .map((element) => (element === 'NULL' ? null : exactNumber(element)));

/** The port's row values: int8 as a number, everything else as the driver has it. */
export const rowTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary'): ((value: string) => unknown) => {
    if (format !== 'binary' && oid === int8) return exactNumber;
    if (format !== 'binary' && oid === int8Array) return parseInt8Array;
    return pg.types.getTypeParser(oid, format) as (value: string) => unknown;
  },
};
