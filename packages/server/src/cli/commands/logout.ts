import { RevokeResponse } from '@stellar-memory/protocol';
import { Command } from 'commander';
import { CommandFailed } from '../command-failed.js';
import type { CliContext } from '../context.js';
import { findLogin, keepLogin, type Login } from '../logins.js';
import { createRestClient } from '../rest-client.js';
import { serverUrl } from '../server-access.js';

/** `logout` */
export const logoutCommand = (context: CliContext): Command =>
  new Command('logout')
    .summary('revoke and forget the key of a login')
    .description('Revokes the key that `login` was given, and forgets it on this machine.')
    .option('--url <url>', 'server; default STELLAR_HOST and STELLAR_PORT')
    .action(async (flags: { readonly url?: string }) => {
      const url = serverUrl(context, flags);
      const login = await findLogin(context, url);
      if (login === undefined) throw new CommandFailed(`This machine is not logged in at ${url}.`);
      const isRevoked = await revoke(url, login);
      await keepLogin(context, url, undefined);
      context.output.line('Logged out.');
      if (!isRevoked)
        context.output.problem(
          `The key ${login.apiKeyId} could not revoke itself, since it lacks the scope admin: revoke it with another key.`,
        );
    });

/** False for a key that may not. One that the server does not know any more is as good as revoked. */
async function revoke(url: string, { apiKey, apiKeyId }: Login): Promise<boolean> {
  const path = `/auth/api-keys/${encodeURIComponent(apiKeyId)}`;
  try {
    await createRestClient(url, apiKey).call(RevokeResponse, { method: 'DELETE', path });
  } catch (error) {
    const code = error instanceof CommandFailed ? error.code : undefined;
    if (code === 'insufficient_scope') return false;
    if (code !== 'unauthorized' && code !== 'not_found') throw error;
  }
  return true;
}
