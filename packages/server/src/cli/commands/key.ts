import {
  type ApiKey,
  ApiKeyList,
  CreateApiKeyRequest,
  CreatedApiKey,
  RevokeResponse,
} from '@stellar-memory/protocol';
import { Command } from 'commander';
import { z } from 'zod';
import { isUuid, userId } from '../../domain/ids.js';
import { asOperator } from '../as-operator.js';
import { CommandFailed } from '../command-failed.js';
import type { CliContext } from '../context.js';
import { asJson, printable } from '../output.js';
import { type AccessFlags, localKey, serverAsUser } from '../server-access.js';
import { withAccess } from '../shared-options.js';

const path = '/auth/api-keys';

interface JsonFlag {
  readonly json?: boolean;
}

/** `key create|list|rotate|revoke|show` */
export const keyCommand = (context: CliContext): Command =>
  new Command('key')
    .summary('make, list, rotate, revoke and show API keys')
    .description('Manages the API keys of the account whose key is used.')
    .addCommand(createCommand(context))
    .addCommand(listCommand(context))
    .addCommand(rotateCommand(context))
    .addCommand(revokeCommand(context))
    .addCommand(showCommand(context))
    .addHelpText(
      'after',
      `
Examples:
  $ stellar-memory key show
  $ stellar-memory key create laptop --scopes read,write
  $ stellar-memory key create robot --agent robot-7 --scopes read,write
  $ stellar-memory key rotate 3f0c2a52-… --overlap 600`,
    );

interface CreateFlags extends AccessFlags, JsonFlag {
  readonly scopes?: string;
  readonly expiresAt?: string;
  readonly agent?: string;
  readonly user?: string;
}

const createCommand = (context: CliContext): Command =>
  withAccess(new Command('create'))
    .description('Makes a key and prints it, this once.')
    .argument('<name>', 'what the key is for')
    .option('--scopes <list>', 'any of read, write, admin, with commas; default those of your key')
    .option('--expires-at <moment>', 'when it stops working, ISO 8601')
    .option('--agent <agent-id>', 'the one agent that it may act as')
    .option('--user <user-id>', 'as the operator: make it for this account')
    .option('--json', 'print the answer as JSON')
    .action(async (name: string, flags: CreateFlags) => {
      const body = requestOf(name, flags);
      const made = await (flags.user === undefined
        ? (await serverAsUser(context, flags)).call(CreatedApiKey, { method: 'POST', path, body })
        : createForUser(context, flags, flags.user, body));
      showMade(context, flags, made);
    });

const requestOf = (name: string, { scopes, expiresAt, agent }: CreateFlags) => ({
  name,
  ...(scopes === undefined ? {} : { scopes: scopes.split(',') }),
  ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
  ...(agent === undefined ? {} : { agent_id: agent }),
});

async function createForUser(
  context: CliContext,
  flags: AccessFlags,
  user: string,
  body: object,
): Promise<CreatedApiKey> {
  const request = CreateApiKeyRequest.safeParse(body);
  if (!isUuid(user))
    throw new CommandFailed(`${JSON.stringify(user)} is not the id of an account.`);
  if (!request.success) throw new CommandFailed(z.prettifyError(request.error));
  return asOperator(context, flags, (accounts) => accounts.createKey(userId(user), request.data));
}

function showMade(context: CliContext, flags: JsonFlag, made: CreatedApiKey): void {
  context.output.line(flags.json === true ? asJson(made) : made.api_key);
  if (flags.json !== true)
    context.output.problem(`Key ${made.id}. It cannot be shown again: keep it now.`);
}

interface RotateFlags extends AccessFlags, JsonFlag {
  readonly overlap: string;
}

const rotateCommand = (context: CliContext): Command =>
  withAccess(new Command('rotate'))
    .description('Replaces a key by a new one with the same rights and prints it, this once.')
    .argument('<id>', 'id of the key, as list shows it')
    .option('--overlap <seconds>', 'how long the old key goes on working, at most a week', '3600')
    .option('--json', 'print the answer as JSON')
    .action(async (id: string, flags: RotateFlags) => {
      const client = await serverAsUser(context, flags);
      const made = await client.call(CreatedApiKey, {
        method: 'POST',
        path: `${path}/${encodeURIComponent(id)}/rotate`,
        body: { overlap_seconds: Number(flags.overlap) },
      });
      showMade(context, flags, made);
    });

const listCommand = (context: CliContext): Command =>
  withAccess(new Command('list'))
    .description('Lists the keys that were not revoked.')
    .option('--json', 'print the answer as JSON')
    .action(async (flags: AccessFlags & JsonFlag) => {
      const client = await serverAsUser(context, flags);
      const { items } = await client.call(ApiKeyList, { method: 'GET', path });
      context.output.line(flags.json === true ? asJson(items) : items.map(entry).join('\n'));
    });

const entry = (key: ApiKey): string =>
  `${key.id}  ${key.prefix}…${key.last4}  ${key.scopes.join(',')}  ` +
  (key.agent_id === null ? '' : `agent ${printable(key.agent_id)}  `) +
  (key.replaced_by === null ? '' : `until ${key.expires_at?.slice(0, 16).replace('T', ' ')}  `) +
  `last used ${key.last_used_at?.slice(0, 16).replace('T', ' ') ?? 'never'}  ${printable(key.name)}`;

const revokeCommand = (context: CliContext): Command =>
  withAccess(new Command('revoke'))
    .description('Revokes a key and those that it made; within a second nothing accepts them.')
    .argument('<id>', 'id of the key, as list shows it')
    .action(async (id: string, flags: AccessFlags) => {
      const client = await serverAsUser(context, flags);
      await client.call(RevokeResponse, {
        method: 'DELETE',
        path: `${path}/${encodeURIComponent(id)}`,
      });
      context.output.line('Revoked.');
    });

const showCommand = (context: CliContext): Command =>
  new Command('show')
    .description(
      'Prints the key of the local account, from the data folder of the embedded engine.',
    )
    .option('--data-dir <folder>', 'data folder; default STELLAR_DATA_DIR')
    .action(async (flags: AccessFlags) => {
      const kept = await localKey(context, flags);
      if (kept.key !== undefined) return context.output.line(kept.key);
      throw new CommandFailed(
        `There is no key in ${kept.path}.`,
        'Start the embedded server once (`npm start`), or name its data folder with --data-dir.',
      );
    });
