import { type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Json } from '../wire.js';
import { type FileLock, lockFile } from './file-lock.js';
import type { StorageWrite, SyncStorage } from './sync-storage.js';

/** Bytes of a file below which it is not worth rewriting. */
const smallBytes = 256 * 1024;

/**
 * Node only: keeps a replica in a file, one line for each batch, flushed to the disk before it counts. A line that a
 * crash cut short is dropped; the file is rewritten without what is outdated when it has grown to four times its size.
 * Only one process has it open at a time. It holds what the memories say, readable by its owner only.
 */
export function fileStorage(path: string): SyncStorage {
  const file = new JournalFile(path);
  let last: Promise<unknown> = Promise.resolve();
  /** One after another, and none after one that failed: a batch never follows a gap. */
  const inTurn = <Answer>(act: () => Promise<Answer>): Promise<Answer> => {
    const turn = last.then(act);
    last = turn;
    turn.catch(() => undefined);
    return turn;
  };
  return {
    load: () => inTurn(() => file.open()),
    commit: (writes) => inTurn(() => file.append(writes)),
    close: async () => {
      // What failed was reported to whoever asked for it.
      await last.catch(() => undefined);
      await file.close();
    },
  };
}

class JournalFile {
  readonly #path: string;
  #lock: FileLock | undefined;
  #handle: FileHandle | undefined;
  #bytes = 0;
  #bytesWhenRewritten = 0;

  constructor(path: string) {
    this.#path = path;
  }

  async open(): Promise<Iterable<readonly [string, Json]>> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    this.#lock = await lockFile(`${this.#path}.lock`);
    try {
      const entries = await this.#read();
      await this.#rewrite(entries);
      return entries;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async append(writes: readonly StorageWrite[]): Promise<void> {
    if (this.#handle === undefined) throw new Error(`${this.#path} is not open.`);
    const line = `${JSON.stringify(writes)}\n`;
    await this.#handle.appendFile(line);
    await this.#handle.datasync();
    this.#bytes += Buffer.byteLength(line);
    if (this.#bytes > 4 * Math.max(this.#bytesWhenRewritten, smallBytes))
      await this.#rewrite(await this.#read());
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
    await this.#lock?.release();
    this.#lock = undefined;
  }

  /** What the whole lines of the file say. */
  async #read(): Promise<Map<string, Json>> {
    const text = (await readFile(this.#path).catch(unlessAbsent))?.toString() ?? '';
    const entries = new Map<string, Json>();
    const lines = text.split('\n').slice(0, -1);
    for (const [key, value] of lines.flatMap((line) => this.#parse(line)))
      if (value === undefined) entries.delete(key);
      else entries.set(key, value);
    return entries;
  }

  #parse(line: string): StorageWrite[] {
    try {
      return JSON.parse(line) as StorageWrite[];
    } catch (error) {
      throw new Error(`${this.#path} is damaged. Without it a replica begins anew.`, {
        cause: error,
      });
    }
  }

  /** Puts a file with nothing outdated in the place of this one, which stays whole until then. */
  async #rewrite(entries: ReadonlyMap<string, Json>): Promise<void> {
    const next = `${this.#path}.next`;
    const text = entries.size === 0 ? '' : `${JSON.stringify([...entries])}\n`;
    const handle = await open(next, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
      await rename(next, this.#path);
      await flushFolder(dirname(this.#path));
    } catch (error) {
      await handle.close();
      throw error;
    }
    await this.#handle?.close();
    this.#handle = handle;
    this.#bytes = Buffer.byteLength(text);
    this.#bytesWhenRewritten = this.#bytes;
  }
}

/** A new name is safe when its folder is. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function unlessAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
