import { errorCodes } from '@stellar-memory/protocol';
import { type Command, CommanderError } from 'commander';
import { StartRefused } from '../config/start-refused.js';
import { StellarError } from '../domain/stellar-error.js';
import { CommandFailed } from './command-failed.js';
import type { CliContext } from './context.js';
import { buildProgram } from './program.js';

/**
 * Runs one command. Answers the exit code: 0 done, 1 failed, 2 called wrongly.
 *
 * @param args What follows the program's name.
 */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  const program = quietly(buildProgram(context), context);
  try {
    await program.parseAsync(withCommand(args), { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    for (const line of explain(error, context)) context.output.problem(line);
    return 1;
  }
}

/** `serve` when no command is named. Commander's own default would take a mistyped command for its argument. */
function withCommand(args: readonly string[]): readonly string[] {
  const [first] = args;
  const isServe = first === undefined || (first.startsWith('-') && !ofTheProgram.has(first));
  return isServe ? ['serve', ...args] : args;
}

const ofTheProgram = new Set(['-h', '--help', '-v', '--version']);

/** Commander writes through our output and throws instead of ending the process. */
function quietly(command: Command, context: CliContext): Command {
  command.exitOverride().configureOutput({
    getOutHelpWidth: () => context.output.width,
    getErrHelpWidth: () => context.output.width,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
    writeOut: (text) => context.output.line(text.trimEnd()),
    writeErr: (text) => context.output.problem(text.trimEnd()),
  });
  command.showHelpAfterError('Add --help to see how it is used.');
  for (const sub of command.commands) quietly(sub, context);
  return command;
}

function explain(error: unknown, { env }: CliContext): string[] {
  if (error instanceof StartRefused) return error.problems.map((problem) => `✗ ${problem}`);
  if (error instanceof CommandFailed) return lines(error.message, error.next);
  if (error instanceof StellarError) return lines(error.message, errorCodes[error.code].next);
  const stack = env['LOG_LEVEL'] === 'debug' && error instanceof Error ? error.stack : undefined;
  return lines(stack ?? `Unexpected: ${String(error)}`, 'LOG_LEVEL=debug shows where it happened.');
}

const lines = (message: string, next: string | undefined): string[] =>
  next === undefined ? [`✗ ${message}`] : [`✗ ${message}`, `  ${next}`];
