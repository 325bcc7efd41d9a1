import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createClient, type Sync, type SyncChange } from '@stellar-memory/client';
import { fileStorage } from '@stellar-memory/client/file-storage';
import { Command } from 'commander';
import { CommandFailed } from '../command-failed.js';
import type { CliContext } from '../context.js';
import { firstSignal } from '../end-on-signal.js';
import { printable } from '../output.js';
import { type Access, type AccessFlags, userAccess } from '../server-access.js';
import { withAccess } from '../shared-options.js';

interface SyncFlags extends AccessFlags {
  readonly watch?: boolean;
  readonly replica?: string;
  readonly json?: boolean;
}

/** `sync` */
export const syncCommand = (context: CliContext): Command =>
  withAccess(new Command('sync'))
    .summary('follow every change of your memories')
    .description(
      'Prints each change since the last time, once, and keeps a replica of all memories in a file, with the place ' +
        'where it goes on. The first time it prints none: it only notes what there is. Lines begin with + for a new ' +
        'memory, ~ for one that changed, - for one that was forgotten.',
    )
    .option('--watch', 'go on until Ctrl-C, across restarts of the server and of the network')
    .option('--replica <file>', 'where the replica is kept; default in the data folder')
    .option('--json', 'print each change as one line of JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ stellar-memory sync --watch
  $ stellar-memory sync --json --replica ./memories.replica`,
    )
    .action(async (flags: SyncFlags) => {
      const access = await userAccess(context, flags);
      const stellar = createClient({ url: access.url, apiKey: access.key });
      const sync = await stellar.sync({
        storage: fileStorage(flags.replica ?? replicaPath(access)),
      });
      report(context, sync, flags);
      await (flags.watch === true ? untilSignal(sync) : sync.caughtUp());
      await sync.close();
    });

/** One replica an account and server: a key shows one account only. */
const replicaPath = ({ url, key, dataDir }: Access): string =>
  join(dataDir, 'sync', createHash('sha256').update(`${url} ${key}`).digest('hex').slice(0, 16));

/** Follows until Ctrl-C, or rejects with what made that impossible. */
const untilSignal = async (sync: Sync): Promise<void> => {
  await Promise.race([firstSignal(), sync.done]);
};

function report({ output }: CliContext, sync: Sync, { json, watch }: SyncFlags): void {
  const isNew = sync.seq === 0 && sync.memories.size === 0;
  sync.on('change', (change) => {
    if (isNew && change.origin === 'snapshot') return;
    output.line(json === true ? JSON.stringify(recordOf(change)) : lineOf(change));
  });
  sync.on('reset', () => output.problem('The server has another history: everything is compared.'));
  sync.on('caught-up', ({ seq }) =>
    output.problem(`Up to date with change ${seq}: ${sync.memories.size} memories.`),
  );
  sync.on('offline', ({ error }) => {
    if (watch !== true) throw new CommandFailed(error.message);
    output.problem(`Offline, trying again. ${error.message}`);
  });
}

/** What programs get: the memory as it is now, nothing of one that is gone. */
const recordOf = ({ id, memory, before }: SyncChange): object =>
  memory === undefined
    ? { op: 'forget', id }
    : { op: before === undefined ? 'store' : 'edit', id, memory };

function lineOf({ id, memory, before }: SyncChange): string {
  if (memory === undefined) return `- ${printable(id)}`;
  const text = printable(memory.content).replaceAll('\n', ' ');
  return `${before === undefined ? '+' : '~'} ${printable(id)} ${text}`;
}
