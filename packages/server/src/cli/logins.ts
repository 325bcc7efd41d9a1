import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readKept, writeAside } from '../config/data-folder.js';
import { CommandFailed } from './command-failed.js';
import type { CliContext } from './context.js';

/** A key that a login was given. */
export interface Login {
  readonly apiKey: string;
  readonly apiKeyId: string;
}

const Logins = z.record(z.string(), z.object({ api_key: z.string(), id: z.string() }));

/** Where the keys of logins are, by server: the SDK on this machine looks here too. */
export function loginsPath({ env }: CliContext): string {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? '.';
  return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'stellar-memory', 'logins.json');
}

/** One server, however its address is written. */
const nameOf = (url: string): string => {
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/+$/, '');
};

/** The login at this server, if there is one. Errors: `CommandFailed` for a file that is none of ours. */
export async function findLogin(context: CliContext, url: string): Promise<Login | undefined> {
  const found = (await readLogins(context))[nameOf(url)];
  return found && { apiKey: found.api_key, apiKeyId: found.id };
}

/** Keeps a login, or forgets it. The file is its owner's alone (0600). */
export async function keepLogin(
  context: CliContext,
  url: string,
  login: Login | undefined,
): Promise<void> {
  const { [nameOf(url)]: _replaced, ...others } = await readLogins(context);
  const kept = login && { [nameOf(url)]: { api_key: login.apiKey, id: login.apiKeyId } };
  const path = loginsPath(context);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeAside(path, JSON.stringify({ ...others, ...kept }, undefined, 2));
}

async function readLogins(context: CliContext): Promise<z.output<typeof Logins>> {
  const path = loginsPath(context);
  const text = await readKept(path);
  if (text === undefined) return {};
  try {
    return Logins.parse(JSON.parse(text));
  } catch (error) {
    throw new CommandFailed(
      `${path} cannot be read as logins.`,
      'Remove it, and log in again.',
      error,
    );
  }
}
