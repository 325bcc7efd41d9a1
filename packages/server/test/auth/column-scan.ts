import type { TestDatabase } from '../support/engines.js';

/** Tables in which one of the words stands in any column of any row; bytes are looked through as well. */
export async function scanColumns(
  { owner }: Pick<TestDatabase, 'owner'>,
  words: readonly string[],
): Promise<string[]> {
  const tables = await owner.query<{ name: string }>(`
    select c.oid::regclass::text as name from pg_class c
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
     where c.relkind in ('r', 'p') and not c.relispartition order by 1`);
  const found: string[] = [];
  for (const { name } of tables) {
    const looked = words.flatMap((word) => [word, Buffer.from(word).toString('hex')]);
    const [row] = await owner.query<{ rows: number }>(
      `select count(*)::int as rows from ${name} t
        where exists (select from unnest($1::text[]) w where strpos(lower(t::text), lower(w)) > 0)`,
      [looked],
    );
    if (row!.rows > 0) found.push(name);
  }
  return found;
}
