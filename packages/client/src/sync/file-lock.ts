import { link, readFile, rm, writeFile } from 'node:fs/promises';

/** A file that says that this process uses something. */
export interface FileLock {
  release(): Promise<void>;
}

/** Locks of this process: after a restart in a container another life may have had the same process id. */
const ownLocks = new Set<string>();

/** Takes the lock at this path. One whose process has ended is replaced. Errors: when a living process has it. */
export async function lockFile(path: string): Promise<FileLock> {
  for (let left = 10; left > 0; left -= 1) {
    if (await create(path)) return { release: () => release(path) };
    const holder = await read(path);
    if (holder === undefined) continue;
    if (isAlive(holder, path))
      throw new Error(`${path}: process ${holder} uses this replica. One replica has one process.`);
    await rm(path, { force: true });
  }
  throw new Error(`${path} changes hands too fast. Try again.`);
}

/** Linked into place, so that nobody ever sees a lock without its holder. */
async function create(path: string): Promise<boolean> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, String(process.pid), { mode: 0o600 });
  try {
    await link(draft, path);
    ownLocks.add(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function read(path: string): Promise<number | undefined> {
  try {
    return Number(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(pid: number, path: string): boolean {
  if (pid === process.pid) return ownLocks.has(path);
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function release(path: string): Promise<void> {
  ownLocks.delete(path);
  await rm(path, { force: true });
}
