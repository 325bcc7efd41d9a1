import { hostname } from 'node:os';
import { CreatedApiKey, DeviceResponse } from '@stellar-memory/protocol';
import { Command } from 'commander';
import { CommandFailed } from '../command-failed.js';
import type { CliContext } from '../context.js';
import { findLogin, keepLogin, loginsPath } from '../logins.js';
import { createRestClient, type RestClient } from '../rest-client.js';
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
      const client = createRestClient(url);
      if ((await findLogin(context, url)) !== undefined)
        throw new CommandFailed(
          `This machine is logged in at ${url} already.`,
          `To log in anew: ${context.program} logout --url ${url}`,
        );
      const asked = await client.call(DeviceResponse, {
        method: 'POST',
        path: '/auth/device',
        body: requestOf(flags),
      });
      context.output.line(`Open ${asked.verification_uri_complete}`);
      context.output.line(`and let in the device that shows ${asked.user_code}.`);
      const key = await waitForKey(context, client, asked);
      await keepLogin(context, url, { apiKey: key.api_key, apiKeyId: key.id });
      context.output.line(`Logged in. The key ${key.id} is in ${loginsPath(context)}.`);
    });

const requestOf = ({ name, scopes }: LoginFlags) => ({
  name: (name ?? hostname()).slice(0, 100) || 'Unnamed device',
  ...(scopes === undefined ? {} : { scopes: scopes.split(',') }),
});

/** Codes with which a poll goes on; the server and what lies before it may also be away for a moment. */
const goesOn = new Set(['authorization_pending', 'slow_down', 'unavailable', 'rate_limited']);

/** Errors: `CommandFailed` once the person said no or the codes are over. */
async function waitForKey(
  context: CliContext,
  client: RestClient,
  { device_code, interval }: DeviceResponse,
): Promise<CreatedApiKey> {
  let seconds = interval;
  for (;;) {
    await context.pause(seconds * 1_000);
    try {
      const body = { device_code };
      return await client.call(CreatedApiKey, { method: 'POST', path: '/auth/device/token', body });
    } catch (error) {
      const code = error instanceof CommandFailed ? error.code : undefined;
      if (code === undefined || !goesOn.has(code)) throw error;
      if (code === 'slow_down') seconds += 5;
    }
  }
}
