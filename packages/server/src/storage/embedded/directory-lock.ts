import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lifeSignState, showLifeSign } from './life-sign.js';
import { liveness, ownIdentity, type ProcessIdentity } from './process-identity.js';

/** Another process has the directory open, or may have. The message is for the person who started this one. */
export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse';
}

interface Holder extends ProcessIdentity {
  readonly id: string;
  /** Its life sign in the directory, if it could show one. */
  readonly socket: string | null;
  /** ISO time, for people. */
  readonly since: string;
}

/** A directory that only this process has open. */
export interface DirectoryLock {
  /** Gives the directory back. */
  release(): void;
}

/**
 * Takes a directory for this process. A lock whose process is dead is replaced; that of a living one never is.
 *
 * Two engines on one directory lose acknowledged rows (measured), and PGlite itself has no lock.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const path = join(directory, 'engine.lock');
  const id = randomUUID();
  // First, so that the lock is never seen without it.
  const lifeSign = await showLifeSign(directory, id);
  const release = (): void => {
    if (read(path)?.id === id) rmSync(path);
    lifeSign?.withdraw();
  };
  const since = new Date().toISOString();
  try {
    await acquire(path, { ...ownIdentity(), id, since, socket: lifeSign?.name ?? null });
  } catch (error) {
    lifeSign?.withdraw();
    throw error;
  }
  return { release };
}

/** How often a lock that is being replaced by somebody else is looked at again. */
const tries = 50;

async function acquire(path: string, own: Holder): Promise<void> {
  for (let left = tries; left > 0; left -= 1) {
    if (create(path, own)) return;
    const holder = read(path);
    if (holder === undefined) continue; // released between the two looks
    const state = await stateOf(path, holder);
    if (read(path)?.id !== holder.id) continue; // released while we looked
    if (state !== 'dead') throw new DirectoryInUse(inUse(path, holder, state));
    if (await replace(path, holder, own)) return;
    await delay(20);
  }
  throw new DirectoryInUse(`${path} is being replaced by another process. Try again.`);
}

async function stateOf(path: string, holder: Holder): Promise<'alive' | 'dead' | 'unknown'> {
  const state = liveness(holder);
  if (state !== 'hidden') return state;
  return holder.socket === null ? 'unknown' : lifeSignState(dirname(path), holder.socket);
}

/**
 * Puts `own` in place of a dead holder. Two processes may see the same dead holder, so only the one that
 * holds the lock's own lock may replace it, after a second look.
 */
async function replace(path: string, dead: Holder, own: Holder): Promise<boolean> {
  const guard = `${path}.next`;
  try {
    await acquire(guard, own);
  } catch (error) {
    if (error instanceof DirectoryInUse) return false;
    throw error;
  }
  try {
    if (read(path)?.id !== dead.id) return false;
    const aside = written(path, own);
    renameSync(aside, path);
    if (dead.socket !== null) rmSync(join(dirname(path), dead.socket), { force: true });
    return true;
  } finally {
    rmSync(guard);
  }
}

/** Creates the lock with its content in one step, unless there is one. */
function create(path: string, own: Holder): boolean {
  const aside = written(path, own);
  try {
    linkSync(aside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(aside);
  }
}

function written(path: string, own: Holder): string {
  const aside = `${path}.${randomUUID()}`;
  writeFileSync(aside, `${JSON.stringify(own)}\n`, { mode: 0o600 });
  return aside;
}

function read(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new DirectoryInUse(
      `${path} cannot be read. Delete it if no server uses this directory.`,
      {
        cause: error,
      },
    );
  }
}

function inUse(path: string, holder: Holder, state: 'alive' | 'unknown'): string {
  const who = `process ${holder.pid} on ${holder.host} (since ${holder.since})`;
  return state === 'alive'
    ? `The data directory is in use by ${who}. Stop that process, or choose another directory with STELLAR_DATA_DIR.`
    : `The data directory was opened by ${who}, which cannot be seen from this machine. If it no longer runs, delete ${path} and start again.`;
}
