import { readFile } from 'node:fs/promises';
import { cpuMs, postgresProcesses } from './cpu.js';
import type { Measurement } from './percentiles.js';

/** Who works while a load runs. */
export interface Workers {
  /** Process id of the server. */
  readonly server: number;
  readonly superuserUrl: string;
}

/** What a measured load took of the CPU; in milliseconds an operation. */
export interface Effort {
  readonly server: number;
  readonly postgres: number;
  /** Share of the machine that went to what has nothing to do with it, 0 to 1. */
  readonly others: number;
}

/**
 * Runs a load and says what it took. A rate tells of the machine and of all that runs on it; CPU an operation tells of
 * the work, so that two runs can be compared. Linux only.
 */
export async function observe(
  { server, superuserUrl }: Workers,
  run: () => Promise<Measurement>,
): Promise<{ readonly run: Measurement; readonly effort: Effort }> {
  const postgres = await postgresProcesses(superuserUrl);
  const taken = async () => ({
    server: await cpuMs([server]),
    postgres: await cpuMs(postgres),
    load: await cpuMs([process.pid]),
    machine: await machineMs(),
  });
  const before = await taken();
  const measured = await run();
  const after = await taken();
  const own = (['server', 'postgres', 'load'] as const).reduce(
    (sum, who) => sum + after[who] - before[who],
    0,
  );
  const busy = after.machine.busy - before.machine.busy;
  return {
    run: measured,
    effort: {
      server: (after.server - before.server) / measured.operations,
      postgres: (after.postgres - before.postgres) / measured.operations,
      others: Math.max(0, busy - own) / (after.machine.all - before.machine.all),
    },
  };
}

/** A hundredth of a second, as Linux counts in /proc/stat. */
const tickMs = 10;

/** CPU time of all cores so far, and what of it was not idle, in milliseconds. */
async function machineMs(): Promise<{ readonly all: number; readonly busy: number }> {
  const [total = ''] = (await readFile('/proc/stat', 'utf8')).split('\n');
  const [user, nice, system, idle, waiting, ...rest] = total.split(/\s+/).slice(1, 9).map(Number);
  const busy = [user!, nice!, system!, ...rest].reduce((sum, ticks) => sum + ticks, 0);
  return { all: (busy + idle! + waiting!) * tickMs, busy: busy * tickMs };
}
