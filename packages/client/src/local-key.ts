import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Node only: the key that an embedded server keeps for programs on its machine, in the folder
 * `STELLAR_DATA_DIR`, else `./.stellar`. Errors: those of the file system.
 */
export async function readLocalKey(): Promise<string> {
  const folder = process.env['STELLAR_DATA_DIR']?.trim() || '.stellar';
  return (await readFile(join(folder, 'local-key'), 'utf8')).trim();
}
