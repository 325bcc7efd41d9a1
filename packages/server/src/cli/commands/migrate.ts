import { Command } from 'commander';
import { type Migrations, openMigrations, type UpRequest } from '../../app/migrations.js';
import { readConfig } from '../../config/read-config.js';
import { migratingRules } from '../../config/rules.js';
import { CommandFailed } from '../command-failed.js';
import type { CliContext } from '../context.js';
import { asJson } from '../output.js';

/** `migrate up|down|status|plan` */
export const migrateCommand = (context: CliContext): Command =>
  new Command('migrate')
    .summary('bring the schema of a Postgres database up or down')
    .description(
      'Migrates the Postgres database of DATABASE_DIRECT_URL, as the owner of its tables. ' +
        'The embedded database needs none of it: it migrates itself when the server starts.',
    )
    .addCommand(upCommand(context))
    .addCommand(downCommand(context))
    .addCommand(statusCommand(context))
    .addCommand(planCommand(context))
    .addHelpText(
      'after',
      `
Examples:
  $ stellar-memory migrate plan
  $ stellar-memory migrate up
  $ stellar-memory migrate up --legacy-owner admin@example.com   (a database of v1)`,
    );

interface UpFlags {
  readonly to?: string;
  readonly legacyOwner?: string;
  readonly endLegacy?: boolean;
}

interface JsonFlag {
  readonly json?: boolean;
}

const migrationsOf = ({ env, output }: CliContext): Migrations =>
  openMigrations(readConfig({ env }, migratingRules), (text) => output.problem(text));

const upCommand = (context: CliContext): Command =>
  new Command('up')
    .description(
      'Applies what is pending and makes the login of DATABASE_URL when it is missing. Servers may run meanwhile; ' +
        'an interrupted run goes on where it stopped.',
    )
    .option('--to <number>', 'highest migration to apply')
    .option('--legacy-owner <account>', "e-mail or id of the account that gets v1's memories")
    .option('--end-legacy', 'v1 is switched off for good: take away what let it write')
    .action(async (flags: UpFlags) => {
      const { done, waiting } = await migrationsOf(context).up(requestOf(flags));
      context.output.line(
        done.length === 0 ? 'Nothing was pending.' : `Applied ${done.length}: ${done.join(', ')}.`,
      );
      if (waiting.length > 0)
        context.output.line(
          `Waiting until v1 is switched off: ${waiting.join(', ')}. Then: stellar-memory migrate up --end-legacy`,
        );
    });

const downCommand = (context: CliContext): Command =>
  new Command('down')
    .description('Takes migrations back, newest first. Rows stay.')
    .requiredOption('--to <number>', 'highest migration to keep; 0 is the schema of v1')
    .action(async ({ to }: { to: string }) => {
      const { done } = await migrationsOf(context).down(numberOf(to));
      context.output.line(
        done.length === 0
          ? 'There was nothing to take back.'
          : `Taken back ${done.length}: ${done.join(', ')}.`,
      );
    });

const statusCommand = (context: CliContext): Command =>
  new Command('status')
    .description('Says which migrations are applied. Changes nothing.')
    .option('--json', 'print the answer as JSON')
    .action(async (flags: JsonFlag) => {
      const status = await migrationsOf(context).status();
      if (flags.json === true) return context.output.line(asJson(status));
      for (const { name, state, changedAt } of status.migrations)
        context.output.line(`${state.padEnd(10)} ${name}${changedAt ? `  ${changedAt}` : ''}`);
      if (status.legacy?.windowOpen === true)
        context.output.line(
          `v1 may still write; its memories belong to ${status.legacy.legacyOwner}.`,
        );
    });

const planCommand = (context: CliContext): Command =>
  new Command('plan')
    .description('Says what `migrate up` would do, step by step. Changes nothing.')
    .option('--to <number>', 'highest migration to apply')
    .option('--end-legacy', 'as if v1 were switched off for good')
    .option('--json', 'print the answer as JSON')
    .action(async (flags: UpFlags & JsonFlag) => {
      const plan = await migrationsOf(context).plan(requestOf(flags));
      if (flags.json === true) return context.output.line(asJson(plan));
      for (const { name, steps } of plan.migrations)
        context.output.line([name, ...steps.map((step) => `    ${step}`)].join('\n'));
      if (plan.migrations.length === 0) context.output.line('Nothing is pending.');
      for (const line of remarks(plan)) context.output.line(line);
    });

type Plan = Awaited<ReturnType<Migrations['plan']>>;

function remarks(plan: Plan): string[] {
  const rows = Object.entries(plan.legacyRows).map(([table, count]) => `${table} ${count}`);
  return [
    ...(rows.length > 0 ? [`Rows of v1 to adopt: ${rows.join(', ')}.`] : []),
    ...(plan.needsLegacyOwner ? ['Name their owner: --legacy-owner <e-mail or id>.'] : []),
    ...(plan.waiting.length > 0
      ? [`Waiting until v1 is switched off: ${plan.waiting.join(', ')}.`]
      : []),
    ...plan.problems.map((problem) => `✗ ${problem}`),
  ];
}

const requestOf = ({ to, legacyOwner, endLegacy }: UpFlags): UpRequest => ({
  ...(to !== undefined && { to: numberOf(to) }),
  ...(legacyOwner !== undefined && { legacyOwner }),
  ...(endLegacy !== undefined && { endLegacy }),
});

function numberOf(text: string): number {
  if (/^-?\d{1,6}$/.test(text)) return Number(text);
  throw new CommandFailed(`--to must be the number of a migration, not ${JSON.stringify(text)}.`);
}
