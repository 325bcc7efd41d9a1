import { selectTenantTables } from '../../src/storage/statements/erasures.system.js';
import type { TestDatabase } from '../support/engines.js';

interface Column {
  readonly name: string;
  readonly type: string;
  /** A value that its table's check lists, if it has such a check. */
  readonly allowed: string | null;
}

/**
 * Puts a row of an account into every table of the catalogue that has a `user_id` and none of his yet, with a word in
 * each column that takes text: the same, or one of the table's own. What the server would make of such rows is not asked: the account is closed.
 */
export async function seedTables(
  { owner, system }: Pick<TestDatabase, 'owner' | 'system'>,
  userId: string,
  word: string | ((table: string) => string),
): Promise<void> {
  for (const { name } of await system.asSystem(selectTenantTables)) {
    const held = await owner.query(`select 1 from ${name} where user_id = $1::uuid limit 1`, [
      userId,
    ]);
    if (held.length > 0) continue;
    const columns = await owner.query<Column>(
      `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
              (select substring(pg_get_constraintdef(k.oid) from $q$'([a-z]+)'::$q$) from pg_constraint k
                where k.conrelid = a.attrelid and k.contype = 'c' and k.conkey = array[a.attnum]
                limit 1) as allowed
         from pg_attribute a
        where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped
          and a.attgenerated = '' and a.attidentity = ''`,
      [name],
    );
    const names = columns.map((column) => column.name).join(', ');
    const said = typeof word === 'string' ? word : word(name);
    const values = columns.map((column) => valueOf(column, userId, said)).join(', ');
    // Without triggers, and so without foreign keys: rows need not refer to anything.
    await owner.exec(`
      begin;
      set local session_replication_role = replica;
      insert into ${name} (${names}) values (${values});
      commit`);
  }
}

const byType: Readonly<Record<string, (word: string) => string>> = {
  uuid: () => 'gen_random_uuid()',
  boolean: () => 'true',
  'timestamp with time zone': () => 'now()',
  jsonb: (word) => `'{"${word}": "${word}"}'`,
  bytea: (word) => `convert_to('${word}', 'UTF8')`,
  smallint: () => '1',
  integer: () => '1',
  bigint: () => '1',
  'double precision': () => '1',
  'text[]': (word) => `'{${word}}'`,
  'integer[]': () => `'{}'`,
  'bigint[]': () => `'{}'`,
};

function valueOf({ name, type, allowed }: Column, userId: string, word: string): string {
  if (name === 'user_id') return `'${userId}'`;
  if (allowed !== null) return `'${allowed}'`;
  // The cast cuts what is too long.
  return byType[type]?.(word) ?? `'${word}'::${type}`;
}
