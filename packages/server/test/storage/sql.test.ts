import { describe, expect, it } from 'vitest';
import { sql } from '../../src/storage/sql.js';

describe('the sql tag', () => {
  it('turns every value into a parameter', () => {
    const statement = sql`select ${1}, ${'a; drop table memories'}`;
    expect(statement).toEqual({ text: 'select $1, $2', values: [1, 'a; drop table memories'] });
  });

  it('splices statements in and renumbers their parameters', () => {
    const inner = sql`b = ${'x'} and c = any(${[1, 2]}::int[])`;
    const statement = sql`select ${7} where a = ${'y'} and ${inner} limit ${5}`;
    expect(statement.text).toBe(
      'select $1 where a = $2 and b = $3 and c = any($4::int[]) limit $5',
    );
    expect(statement.values).toEqual([7, 'y', 'x', [1, 2], 5]);
  });

  it('keeps arrays, bytes and null as single parameters', () => {
    const bytes = new Uint8Array([1]);
    expect(sql`${null} ${bytes} ${[null, 'a']}`.values).toEqual([null, bytes, [null, 'a']]);
  });
});
