import { StatsResponse } from '@stellar-memory/protocol';
import { Command } from 'commander';
import type { CliContext } from '../context.js';
import { asJson } from '../output.js';
import { progressBar } from '../progress-bar.js';
import { type AccessFlags, serverAsUser } from '../server-access.js';
import { withAccess } from '../shared-options.js';
import { writeExport } from '../transfer/export-file.js';

interface ExportFlags extends AccessFlags {
  readonly json?: boolean;
}

/** `export [file]` */
export const exportCommand = (context: CliContext): Command =>
  withAccess(new Command('export'))
    .summary('write all memories to a file')
    .description(
      'Writes every memory, with its recalls, zone, times, former versions and conversations, to a file of JSON ' +
        'lines with checksums, which import takes back.',
    )
    .argument('[file]', 'file to write; stellar-memory-DATE.ndjson when not given')
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      `
Example:
  $ stellar-memory export memories.ndjson`,
    )
    .action(async (given: string | undefined, flags: ExportFlags) => {
      const file = given ?? `stellar-memory-${new Date().toISOString().slice(0, 10)}.ndjson`;
      const client = await serverAsUser(context, flags);
      const { total_memories: total } = await client.call(StatsResponse, {
        method: 'GET',
        path: '/api/v1/stats',
      });
      const began = performance.now();
      const body = await client.stream({ method: 'GET', path: '/api/v1/export' });
      const { memories, content_hash } = await writeExport(body, file, (count) => {
        const seconds = (performance.now() - began) / 1_000;
        if (count % 500 === 0)
          context.output.progress(progressBar(count, total, 'memories', seconds));
      });
      context.output.line(
        flags.json === true
          ? asJson({ file, memories, content_hash })
          : `Exported ${memories} memories to ${file}. Content hash ${content_hash.slice(0, 16)}…`,
      );
    });
