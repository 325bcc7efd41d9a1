import process from 'node:process';
import { Command } from 'commander';
import { openLog } from '../../app/log.js';
import { startApp } from '../../app.js';
import { readConfig } from '../../config/read-config.js';
import { servingRules } from '../../config/rules.js';
import { type Config, type OptionName, options } from '../../config.js';
import type { CliContext } from '../context.js';
import { endOnSignal } from '../end-on-signal.js';
import { greeting } from '../greeting.js';

/** `serve`, which also runs when no command is named. */
export const serveCommand = (context: CliContext): Command => {
  const command = new Command('serve')
    .summary('run the server (the default command)')
    .description(
      'Runs the server: on the embedded engine, or on Postgres when DATABASE_URL is set. ' +
        'Ends on SIGTERM and Ctrl-C after answering what it has accepted.',
    )
    .addHelpText(
      'after',
      `\n${environmentHelp()}
${examples}`,
    )
    .action(async (flags: Partial<Record<OptionName, string>>) =>
      serve(context, readConfig({ env: context.env, flags }, servingRules)),
    );
  for (const { flag, env, about } of Object.values(options)) {
    if (flag !== undefined) command.option(flag, `${about} (${env})`);
  }
  return command;
};

const examples = `
Examples:
  $ stellar-memory serve --port 9100 --data-dir ./memories
  $ DATABASE_URL=postgres://… STELLAR_SECRET=… stellar-memory serve`;

/** Secrets have no flag; the help says where they come from. */
const environmentHelp = (): string =>
  ['Environment only:']
    .concat(
      Object.values(options)
        .filter(({ flag }) => flag === undefined)
        .map(({ env, about }) => `  ${env}\n      ${about}`),
    )
    .join('\n');

async function serve({ output, program }: CliContext, config: Config): Promise<void> {
  // Standard output has the greeting and nothing that a program must skip.
  const logger = openLog(config.logLevel, process.stderr);
  const app = await startApp(config, logger);
  output.line(greeting(app.facts, program));
  await endOnSignal(app, logger);
}
