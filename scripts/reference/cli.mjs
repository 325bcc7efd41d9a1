import { buildProgram } from '../../packages/server/src/cli/program.ts';
import { runCli } from '../../packages/server/src/cli/run-cli.ts';
import { page } from './markdown.mjs';

/**
 * What the reader of the page sees: `--help` of the command itself.
 *
 * @param {readonly string[]} path
 */
async function helpOf(path) {
  /** @type {string[]} */
  const lines = [];
  /** @param {string} text */
  const keep = (text) => void lines.push(text);
  await runCli(
    [...path, '--help'],
    context({ width: 100, line: keep, problem: keep, progress: keep }),
  );
  return lines.join('\n').trim();
}

/** @param {import('../../packages/server/src/cli/output.ts').Output} output */
const context = (output) => ({
  program: 'stellar-memory',
  env: {},
  output,
  readInput: async () => '',
  pause: () => Promise.resolve(),
});

/**
 * The names that lead to each command, itself included.
 *
 * @param {import('commander').Command} command
 * @param {readonly string[]} path
 * @returns {string[][]}
 */
const pathsBelow = (command, path) => [
  [...path],
  ...command.commands.flatMap((sub) => pathsBelow(sub, [...path, sub.name()])),
];

/** Every command. */
export async function cli() {
  const silent = {
    width: 100,
    line: () => undefined,
    problem: () => undefined,
    progress: () => undefined,
  };
  const parts = [];
  for (const path of pathsBelow(buildProgram(context(silent)), []))
    parts.push(
      `${path.length < 2 ? '##' : '###'} ${['stellar-memory', ...path].join(' ')}`,
      `\`\`\`text\n${await helpOf(path)}\n\`\`\``,
    );
  return page('Commands', [
    'In a clone: `npx stellar-memory …` after `npm start` has built it once. Exit code 0 is done, 1 failed, 2 called wrongly. ' +
      'Answers go to standard output, everything else to standard error.',
    ...parts,
  ]);
}
