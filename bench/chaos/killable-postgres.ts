import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { initialise, launch } from '../../scripts/postgres/cluster.mjs';
import { findPostgres } from '../../scripts/postgres/find-postgres.mjs';
import { throwAwayFolder } from '../../scripts/postgres/throw-away-folder.mjs';

/** A Postgres of our own that can be killed as if its machine had stopped, and started again on its data. */
export interface KillablePostgres {
  readonly url: string;
  readonly version: number;
  /** SIGKILL to the server and all its processes; resolves when they are gone. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Durability as in production: `fsync` and `synchronous_commit` stay on. Recovery begins with syncing what is in the data
 * folder: file by file that took most of the time in which nothing was served.
 */
const settings = {
  max_connections: 120,
  shared_buffers: '128MB',
  recovery_init_sync_method: 'syncfs',
};

/** Starts one in a temporary folder. */
export async function startKillablePostgres(): Promise<KillablePostgres> {
  const found = findPostgres({ version: undefined });
  if (found === undefined) throw new Error('no Postgres here: scripts/install-postgres.mjs');
  const password = randomBytes(16).toString('hex');
  const { folder, remove } = await throwAwayFolder();
  await initialise(found.bin, folder, password);
  const port = await launch(found.bin, folder, settings);
  if (port === undefined) throw new Error('Postgres found no free port');
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    version: found.version,
    kill: () => killAll(join(folder, 'data/postmaster.pid')),
    restart: async () => void (await launch(found.bin, folder, settings, port)),
    stop: remove,
  };
}

/** The server and its processes at once: none of them may tell another, or the disk, about it. */
async function killAll(pidFile: string): Promise<void> {
  const server = Number((await readFile(pidFile, 'utf8')).split('\n')[0]);
  const children = await readFile(`/proc/${server}/task/${server}/children`, 'utf8');
  const pids = [server, ...children.trim().split(' ').filter(Boolean).map(Number)];
  for (const pid of pids) signal(pid, 'SIGKILL');
  while ((await Promise.all(pids.map(isRunning))).some(Boolean)) await delay(5);
  await rm(pidFile, { force: true });
}

/** A dead process has a number until its parent asks for it, which takes an orphan's new parent seconds here. */
async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The state comes behind the name, which may hold anything.
  return !['', 'Z', 'X'].includes(stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3));
}

/** One that has ended by itself needs none. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
