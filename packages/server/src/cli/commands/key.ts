import { type ApiKey, ApiKeyList, CreatedApiKey, RevokeResponse } from '@stellar-memory/protocol';
import { Command } from 'commander';
import { CommandFailed } from '../command-failed.js';
import type { CliContext } from '../context.js';
import { asJson, printable } from '../output.js';
import { type AccessFlags, localKey, serverAsUser } from '../server-access.js';
import { withAccess } from '../shared-options.js';

const path = '/auth/api-keys';

interface JsonFlag {
  readonly json?: boolean;
}

/** `key create|list|revoke|show` */
export const keyCommand = (context: CliContext): Command =>
  new Command('key')
    .summary('make, list, revoke and show API keys')
    .description('Manages the API keys of the account whose key is used.')
    .addCommand(createCommand(context))
    .addCommand(listCommand(context))
    .addCommand(revokeCommand(context))
    .addCommand(showCommand(context))
    .addHelpText(
      'after',
      `
Examples:
  $ stellar-memory key show
  $ stellar-memory key create laptop --scopes read,write`,
    );

interface CreateFlags extends AccessFlags, JsonFlag {
  readonly scopes: string;
  readonly expiresAt?: string;
}

const createCommand = (context: CliContext): Command =>
  withAccess(new Command('create'))
    .description('Makes a key and prints it, this once.')
    .argument('<name>', 'what the key is for')
    .option('--scopes <list>', 'any of read, write, admin, with commas', 'read,write,admin')
    .option('--expires-at <moment>', 'when it stops working, ISO 8601')
    .option('--json', 'print the answer as JSON')
    .action(async (name: string, flags: CreateFlags) => {
      const client = await serverAsUser(context, flags);
      const body = { name, scopes: flags.scopes.split(','), expires_at: flags.expiresAt };
      const made = await client.call(CreatedApiKey, { method: 'POST', path, body });
      context.output.line(flags.json === true ? asJson(made) : made.api_key);
      if (flags.json !== true)
        context.output.problem(`Key ${made.id}. It cannot be shown again: keep it now.`);
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
  `last used ${key.last_used_at?.slice(0, 16).replace('T', ' ') ?? 'never'}  ${printable(key.name)}`;

const revokeCommand = (context: CliContext): Command =>
  withAccess(new Command('revoke'))
    .description('Revokes a key; within a second nothing accepts it.')
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
