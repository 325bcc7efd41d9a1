import type { CliContext } from '../../src/cli/context.js';
import { runCli } from '../../src/cli/run-cli.js';

/** What a command left behind. */
export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in this process, its output kept. */
export async function run(
  args: readonly string[],
  env: CliContext['env'] = {},
  input = '',
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const exitCode = await runCli(args, {
    program: 'stellar-memory',
    env,
    output: {
      width: 100,
      line: (text) => out.push(text),
      problem: (text) => err.push(text),
      progress: (text) => err.push(text),
    },
    readInput: () => Promise.resolve(input),
    pause: () => Promise.resolve(),
  });
  return { exitCode, out: out.join('\n'), err: err.join('\n') };
}
