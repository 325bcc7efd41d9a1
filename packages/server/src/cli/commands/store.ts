import { StoreResponse, zoneNames } from '@stellar-memory/protocol';
import { Command } from 'commander';
import { CommandFailed } from '../command-failed.js';
import type { CliContext } from '../context.js';
import { asJson } from '../output.js';
import { type AccessFlags, serverAsUser } from '../server-access.js';
import { withAccess } from '../shared-options.js';

interface StoreFlags extends AccessFlags {
  readonly importance?: string;
  readonly metadata?: string;
  readonly agent?: string;
  readonly session?: string;
  readonly speaker?: string;
  readonly role?: string;
  readonly occurredAt?: string;
  readonly pinned?: boolean;
  readonly json?: boolean;
}

/** `store <text…>` */
export const storeCommand = (context: CliContext): Command =>
  withAccess(new Command('store'))
    .summary('store a memory')
    .description('Stores a memory. The text is what is given, or standard input when it is -.')
    .argument('<text...>', 'what to remember')
    .option('--importance <number>', 'from 0 to 1; 0.5 when not given')
    .option('--metadata <json>', 'a JSON object')
    .option('--agent <id>', 'agent that learned it')
    .option('--session <id>', 'conversation it belongs to')
    .option('--speaker <name>', 'who said it')
    .option('--role <role>', 'user, assistant, …')
    .option('--occurred-at <moment>', 'when it happened, ISO 8601')
    .option('--pinned', 'never let it drift outward')
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ stellar-memory store "Mina prefers green tea" --speaker Mina
  $ git log -1 --format=%B | stellar-memory store - --metadata '{"repo":"api"}'`,
    )
    .action(async (words: string[], flags: StoreFlags) => {
      const body = await requestOf(context, words, flags);
      const client = await serverAsUser(context, flags);
      const stored = await client.call(StoreResponse, {
        method: 'POST',
        path: '/api/v1/store',
        body,
      });
      context.output.line(
        flags.json === true
          ? asJson(stored)
          : `Stored ${stored.id} in zone ${stored.zone} (${zoneNames[stored.zone]}).`,
      );
    });

/** What the server is asked; it checks the values, so that every way in has the same rules. */
async function requestOf(context: CliContext, words: string[], flags: StoreFlags) {
  const text = words.join(' ');
  return {
    content: text === '-' ? (await context.readInput()).trimEnd() : text,
    importance: numberOf(flags.importance),
    metadata: metadataOf(flags.metadata),
    agent_id: flags.agent,
    session_id: flags.session,
    speaker: flags.speaker,
    role: flags.role,
    occurred_at: flags.occurredAt,
    pinned: flags.pinned,
  };
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isFinite(number) && text.trim() !== '') return number;
  throw new CommandFailed(
    `--importance must be a number from 0 to 1, not ${JSON.stringify(text)}.`,
  );
}

function metadataOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new CommandFailed(
      '--metadata is not JSON.',
      `Quote it for the shell: --metadata '{"source":"mail"}'`,
      error,
    );
  }
}
