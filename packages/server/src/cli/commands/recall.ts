import { type RecalledMemory, RecallResponse, zoneNames } from '@stellar-memory/protocol';
import { Command } from 'commander';
import type { CliContext } from '../context.js';
import { asJson, printable } from '../output.js';
import { type AccessFlags, serverAsUser } from '../server-access.js';
import { withAccess } from '../shared-options.js';

interface RecallFlags extends AccessFlags {
  readonly limit: string;
  readonly zone?: string;
  readonly since?: string;
  readonly until?: string;
  readonly agent?: string;
  readonly session?: string;
  readonly emotion?: string;
  readonly explain?: boolean;
  readonly json?: boolean;
}

/** `recall <query…>` */
export const recallCommand = (context: CliContext): Command =>
  withAccess(new Command('recall'))
    .summary('recall what was stored')
    .description('Recalls the memories that answer a query best, best first.')
    .argument('<query...>', 'what to look for')
    .option('--limit <number>', 'memories at most, up to 100', '5')
    .option('--zone <number>', 'only this zone, 0 to 4')
    .option('--since <moment>', 'only what happened at or after it, ISO 8601')
    .option('--until <moment>', 'only what happened before or at it, ISO 8601')
    .option('--agent <id>', 'only of this agent')
    .option('--session <id>', 'only of this conversation')
    .option(
      '--emotion <name>',
      'only what expresses joy, sadness, anger, fear, surprise or disgust',
    )
    .option('--explain', 'say how score and zone came about, with --json')
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ stellar-memory recall "what does Mina drink"
  $ stellar-memory recall tea --session 2024-05-01 --json`,
    )
    .action(async (words: string[], flags: RecallFlags) => {
      const client = await serverAsUser(context, flags);
      const found = await client.call(RecallResponse, {
        method: 'GET',
        path: '/api/v1/recall',
        query: queryOf(words, flags),
      });
      context.output.line(flags.json === true ? asJson(found) : listed(found));
    });

const queryOf = (words: string[], flags: RecallFlags) => ({
  q: words.join(' '),
  limit: flags.limit,
  zone: flags.zone,
  since: flags.since,
  until: flags.until,
  agent_id: flags.agent,
  session_id: flags.session,
  emotion: flags.emotion,
  explain: flags.explain === true ? 'true' : undefined,
});

const listed = (found: readonly RecalledMemory[]): string =>
  found.length === 0 ? 'Nothing was found.' : found.map(entry).join('\n');

function entry(memory: RecalledMemory, index: number): string {
  const when = new Date((memory.occurred_at ?? memory.created_at) * 1000).toISOString();
  const who = memory.speaker === null ? '' : `${printable(memory.speaker)}: `;
  return (
    `${index + 1}. ${who}${printable(memory.content)}\n` +
    `   ${when.slice(0, 16).replace('T', ' ')} · ${zoneNames[memory.zone]} · ${printable(memory.id)}`
  );
}
