import { readFile } from 'node:fs/promises';
import type { SqlValue } from 'sql.js';
import { CommandFailed } from '../command-failed.js';

/**
 * The memories of a SQLite file of v1 or v2, as their JSON export would have them. Columns that an older file lacks are
 * left to their defaults. The file is read into memory whole and never written.
 */
export async function readSqlite(file: string): Promise<unknown[]> {
  // Loaded here only: it is a database engine in WebAssembly that nothing else needs.
  const { default: initSqlJs } = await import('sql.js');
  const engine = await initSqlJs();
  const database = new engine.Database(await readFile(file));
  try {
    const [table] = database.exec('select * from memories order by created_at, rowid');
    if (table === undefined) return [];
    return table.values.map((values) =>
      itemOf(Object.fromEntries(table.columns.map((name, at) => [name, values[at] ?? null]))),
    );
  } catch (error) {
    throw new CommandFailed(
      `${file} has no memories that can be read: ${error instanceof Error ? error.message : String(error)}.`,
      'Name the SQLite file of a v1 or v2 installation, for example stellar_memory.db.',
      error,
    );
  } finally {
    database.close();
  }
}

function itemOf(row: Record<string, SqlValue>): unknown {
  const { metadata, embedding, encrypted, ...rest } = row;
  const given = Object.entries(rest).filter(([, value]) => value !== null);
  return {
    ...Object.fromEntries(given),
    metadata: typeof metadata === 'string' ? (JSON.parse(metadata) as unknown) : {},
    embedding_b64:
      embedding instanceof Uint8Array ? Buffer.from(embedding).toString('base64') : null,
    encrypted: encrypted === 1,
  };
}
