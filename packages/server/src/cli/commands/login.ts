import { hostname } from 'node:os';
import {
  type CreatedApiKey,
  type DeviceGrant,
  requestDeviceGrant,
  type Scope,
  StellarMemoryError,
} from '@stellar-memory/client';
import { Command } from 'commander';
import { CommandFailed } from '../command-failed.js';
import type { CliContext } from '../context.js';
import { findLogin, keepLogin, loginsPath } from '../logins.js';
import { serverUrl } from '../server-access.js';

interface LoginFlags {
  readonly url?: string;
  readonly name?: string;
  readonly scopes?: string;
}

/** `login` */
export const loginCommand = (context: CliContext): Command =>
  new Command('login')
    .summary('get a key of your account by way of a browser')
    .description(
      'Shows a code and an address. Sign in there, in any browser, and type the code in: this machine then has a key ' +
        'of its own, which these commands and the SDK find by themselves.',
    )
    .option('--url <url>', 'server; default STELLAR_HOST and STELLAR_PORT')
    .option('--name <name>', 'what the key is to be called; default the name of this machine')
    .option('--scopes <list>', 'any of read, write, admin, with commas; default all')
    .addHelpText(
      'after',
      `
Examples:
  $ stellar-memory login --url https://memory.example.com
  $ stellar-memory login --url https://memory.example.com --scopes read,write`,
    )
    .action(async (flags: LoginFlags) => {
      const url = serverUrl(context, flags);
      if ((await findLogin(context, url)) !== undefined)
        throw new CommandFailed(
          `This machine is logged in at ${url} already.`,
          `To log in anew: ${context.program} logout --url ${url}`,
        );
      const key = await askForKey(context, url, flags).catch(failed);
      await keepLogin(context, url, { apiKey: key.api_key, apiKeyId: key.id });
      context.output.line(`Logged in. The key ${key.id} is in ${loginsPath(context)}.`);
    });

async function askForKey(
  context: CliContext,
  url: string,
  { name, scopes }: LoginFlags,
): Promise<CreatedApiKey> {
  const grant = await requestDeviceGrant({
    url,
    name: (name ?? hostname()).slice(0, 100) || 'Unnamed device',
    // What is no scope the server refuses, and says so.
    scopes: scopes?.split(',') as Scope[] | undefined,
    retry: false,
  });
  context.output.line(`Open ${grant.verificationUrlComplete}`);
  context.output.line(`and let in the device that shows ${grant.userCode}.`);
  return takeKey(context, grant);
}

/** Polls on the context's clock. Errors: `StellarMemoryError` once the person said no or the codes are over. */
async function takeKey(context: CliContext, grant: DeviceGrant): Promise<CreatedApiKey> {
  for (;;) {
    await context.pause(grant.intervalSeconds * 1_000);
    const key = await grant.poll();
    if (key !== undefined) return key;
  }
}

/** Errors: `CommandFailed` that says what the server or the way there said. */
function failed(error: unknown): never {
  if (!(error instanceof StellarMemoryError)) throw error;
  const { code, detail, message, next, errors = [] } = error;
  const fields = errors.map((field) => `\n  ${field.pointer} ${field.detail}`).join('');
  throw new CommandFailed(`${detail ?? message} (${code})${fields}`, next, error);
}
