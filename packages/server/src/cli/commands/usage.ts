import { UsageResponse } from '@stellar-memory/protocol';
import { Command } from 'commander';
import { openOperator } from '../../app/operator.js';
import { readConfig } from '../../config/read-config.js';
import { servingRules } from '../../config/rules.js';
import { CommandFailed } from '../command-failed.js';
import type { CliContext } from '../context.js';
import { asJson } from '../output.js';
import { type AccessFlags, serverAsUser } from '../server-access.js';
import { withAccess } from '../shared-options.js';

/** `usage show|verify` */
export const usageCommand = (context: CliContext): Command =>
  new Command('usage')
    .summary('show what an account has in use; verify the counters')
    .description(
      'Shows what the account whose key is used has in use, and verifies counters as the operator.',
    )
    .addCommand(showCommand(context))
    .addCommand(verifyCommand(context))
    .addHelpText(
      'after',
      `
Examples:
  $ stellar-memory usage show
  $ stellar-memory usage verify`,
    );

const showCommand = (context: CliContext): Command =>
  withAccess(new Command('show'))
    .description('Shows memories, agents and keys in use, and what the tier allows.')
    .option('--json', 'print the answer as JSON')
    .action(async (flags: AccessFlags & { readonly json?: boolean }) => {
      const client = await serverAsUser(context, flags);
      const usage = await client.call(UsageResponse, { method: 'GET', path: '/auth/usage' });
      if (flags.json === true) return context.output.line(asJson(usage));
      context.output.line(`tier      ${usage.tier}`);
      for (const name of ['memories', 'agents', 'api_keys'] as const)
        context.output.line(`${name.padEnd(10)}${shown(usage[name])}`);
      context.output.line(`requests  ${usage.requests_per_minute ?? 'unlimited'} a minute`);
    });

const shown = ({ used, limit, percent }: UsageResponse['memories']): string =>
  limit === null ? `${used} of unlimited` : `${used} of ${limit} (${percent} %)`;

const verifyCommand = (context: CliContext): Command =>
  new Command('verify')
    .description(
      'Counts every tenant again, one at a time, and repairs counters that differ. Needs DATABASE_URL; a server ' +
        'does the same once a day.',
    )
    .action(async () => {
      if (readConfig({ env: context.env }).databaseUrl === undefined)
        throw new CommandFailed(
          'DATABASE_URL is not set.',
          'The embedded engine has one process: its server verifies the counters once a day.',
        );
      const operator = openOperator(readConfig({ env: context.env }, servingRules));
      let drifts = 0;
      try {
        const tenants = await operator.verifyUsage(({ userId, kept, counted }) => {
          drifts += 1;
          context.output.line(
            `${userId}  memories ${memories(kept.zones)} → ${memories(counted.zones)}  ` +
              `agents ${kept.agentCount} → ${counted.agentCount}`,
          );
        });
        context.output.line(`${tenants} accounts verified, ${drifts} repaired.`);
      } finally {
        await operator.close();
      }
    });

const memories = (zones: readonly number[]): number => zones.reduce((sum, n) => sum + n, 0);
