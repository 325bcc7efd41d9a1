import { Command } from 'commander';
import type { CliContext } from '../context.js';
import { asJson } from '../output.js';
import { progressBar } from '../progress-bar.js';
import { type AccessFlags, serverAsUser } from '../server-access.js';
import { withAccess } from '../shared-options.js';
import { openSource } from '../transfer/import-source.js';
import { sendLines } from '../transfer/send-lines.js';

interface ImportFlags extends AccessFlags {
  readonly json?: boolean;
}

/** `import <file>` */
export const importCommand = (context: CliContext): Command =>
  withAccess(new Command('import'))
    .summary('bring memories in from a file')
    .description(
      'Imports what export wrote, a JSON export of v1 or v2, or their SQLite file. Memories that are there already ' +
        'stay as they are: an import that was cut off goes on when the file is imported again.',
    )
    .argument('<file>', 'file to read')
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ stellar-memory import memories.ndjson
  $ stellar-memory import stellar_memory.db`,
    )
    .action(async (file: string, flags: ImportFlags) => {
      const source = await openSource(file, Date.now());
      const client = await serverAsUser(context, flags);
      const began = performance.now();
      const sent = await sendLines(client, source.lines, () => {
        const { done, total, unit } = source.progress();
        const seconds = (performance.now() - began) / 1_000;
        context.output.progress(progressBar(done, total, unit, seconds));
      });
      context.output.line(
        flags.json === true
          ? asJson(sent)
          : `Imported ${sent.stored} memories from ${source.kind}; ${sent.existing} were there already.`,
      );
    });
