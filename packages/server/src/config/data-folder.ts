import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** What lies where in the data folder, beside the files of the embedded database. */
export interface DataFolder {
  readonly path: string;
  /** STELLAR_SECRET of this installation, when none is configured. */
  readonly secret: string;
  /** The API key of the local account, for the CLI, the MCP server and the SDK on this machine. */
  readonly localKey: string;
}

/** Names the parts of a data folder. */
export const dataFolder = (path: string): DataFolder => ({
  path,
  secret: join(path, 'secret'),
  localKey: join(path, 'local-key'),
});

/** Makes the folder, open to its owner only. */
export async function makeDataFolder(folder: DataFolder): Promise<void> {
  await mkdir(folder.path, { recursive: true, mode: 0o700 });
}

/** A new secret: 48 random bytes as text. */
export const newSecret = (): string => randomBytes(48).toString('base64url');

/** The text in the file, or `undefined` when there is no such file or nothing in it. */
export async function readKept(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * The text kept in the file; the first time, what `make` makes, readable by the owner only (0600).
 * Written aside, synced and renamed: after a crash there is the whole text or none.
 * The caller holds the data folder's lock, so nobody else makes one meanwhile.
 */
export async function keep(
  path: string,
  make: () => string,
): Promise<{ text: string; made: boolean }> {
  const kept = await readKept(path);
  if (kept !== undefined) return { text: kept, made: false };
  const text = make();
  await writeAside(path, text);
  return { text, made: true };
}

/** Writes a file of one's own (0600) that is there whole or not at all. */
export async function writeAside(path: string, text: string): Promise<void> {
  const aside = `${path}.new`;
  const file = await open(aside, 'w', 0o600);
  try {
    await file.writeFile(`${text}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path);
}
