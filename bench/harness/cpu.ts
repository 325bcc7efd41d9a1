import { readdir, readFile } from 'node:fs/promises';
import { asOwner } from './database.js';

/** CPU that processes have taken so far, in milliseconds, user and system. Linux only: it is read from /proc. */
export async function cpuMs(pids: readonly number[]): Promise<number> {
  const each = await Promise.all(pids.map(cpuOf));
  return each.reduce((sum, ms) => sum + ms, 0);
}

/** All threads; a process that has ended counts nothing. */
async function cpuOf(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const each = await Promise.all(
    threads.map(async (thread) => {
      const times = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(
        () => '0',
      );
      return Number(times.split(' ')[0]) / 1e6;
    }),
  );
  return each.reduce((sum, ms) => sum + ms, 0);
}

/** Every process of a Postgres on this machine: backends and writers. */
export async function postgresProcesses(superuserUrl: string): Promise<number[]> {
  const [row] = await asOwner<{ parent: string }>(
    superuserUrl,
    "select pg_read_file('/proc/self/stat') as parent",
  );
  const postmaster = parentIn(row?.parent ?? '');
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(
    pids.map(
      async (pid) => [pid, await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')] as const,
    ),
  );
  return stats.filter(([, stat]) => parentIn(stat) === postmaster).map(([pid]) => Number(pid));
}

/** Behind the name, which may hold anything, come state and parent. */
const parentIn = (stat: string): number =>
  Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
