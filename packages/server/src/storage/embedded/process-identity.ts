import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Names one process on one running machine: process ids alone are used again. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the process began, in the system's own words; empty where the system does not say. */
  readonly startTime: string;
  readonly host: string;
  /** Differs after every boot; empty where the system does not say. */
  readonly bootId: string;
  /** Within which the process id means something: a container has its own. Empty outside Linux. */
  readonly pidNamespace: string;
}

/** This process. */
export const ownIdentity = (): ProcessIdentity => ({
  pid: process.pid,
  startTime: startTime(process.pid) ?? '',
  host: hostname(),
  bootId: bootId(),
  pidNamespace: pidNamespace(),
});

/** What can be known about a process from here; `hidden` is one of this machine, but of another container. */
export type Liveness = 'alive' | 'dead' | 'hidden' | 'unknown';

/** Whether that process still runs. */
export function liveness(other: ProcessIdentity): Liveness {
  const [ownBoot, ownHost] = [bootId(), hostname()];
  if (other.bootId !== ownBoot) return other.host === ownHost ? 'dead' : 'unknown';
  if (ownBoot === '' && other.host !== ownHost) return 'unknown';
  if (other.pidNamespace !== pidNamespace()) return 'hidden';
  if (!exists(other.pid)) return 'dead';
  const began = startTime(other.pid);
  if (began === undefined || other.startTime === '') return 'alive';
  return began === other.startTime ? 'alive' : 'dead';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Linux only; elsewhere the host's name and the start time must do.
    return '';
  }
}

function pidNamespace(): string {
  return process.platform === 'linux' ? readlinkSync('/proc/self/ns/pid') : '';
}

function startTime(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxStartTime(pid);
  if (process.platform === 'win32') return undefined;
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', `${pid}`], { encoding: 'utf8' }).trim();
  } catch {
    // `ps` fails for a process that is gone; `exists` has the last word about that.
    return undefined;
  }
}

/** Field 22 of /proc/<pid>/stat, in ticks since boot. Fields are counted behind the name, which may hold spaces. */
function linuxStartTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
