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

/**
 * Node only: the key that `stellar-memory login` was given for this server, from the file where it keeps them; empty
 * when there is none. Errors: those of the file system, and of a file that is not JSON.
 */
export async function readLoginKey(baseUrl: string): Promise<string> {
  const { XDG_CONFIG_HOME, HOME, USERPROFILE } = process.env;
  const folder = XDG_CONFIG_HOME || join(HOME ?? USERPROFILE ?? '.', '.config');
  const text = await readIfThere(join(folder, 'stellar-memory', 'logins.json'));
  const logins = JSON.parse(text ?? '{}') as Record<string, { api_key?: string } | undefined>;
  return logins[baseUrl]?.api_key ?? '';
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
