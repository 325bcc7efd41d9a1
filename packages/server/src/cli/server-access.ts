import { dataFolder, readKept } from '../config/data-folder.js';
import { readConfig } from '../config/read-config.js';
import { CommandFailed } from './command-failed.js';
import type { CliContext } from './context.js';
import { findLogin } from './logins.js';
import { createRestClient, type RestClient } from './rest-client.js';

/** Options of every command that asks a running server. */
export interface AccessFlags {
  readonly url?: string;
  readonly dataDir?: string;
}

/** How the caller reaches a server. */
export interface Access {
  readonly url: string;
  readonly key: string;
  /** Where things of this machine are kept. */
  readonly dataDir: string;
}

/** The server and the caller's API key. Errors: `CommandFailed`. */
export async function userAccess(context: CliContext, flags: AccessFlags): Promise<Access> {
  const url = serverUrl(context, flags);
  return { url, key: await findKey(context, flags, url), dataDir: dataDirOf(context, flags) };
}

/** The running server, spoken to with the caller's API key. */
export async function serverAsUser(context: CliContext, flags: AccessFlags): Promise<RestClient> {
  const { url, key } = await userAccess(context, flags);
  return createRestClient(url, key);
}

/** The running server, spoken to as its operator. */
export function serverAsOperator(context: CliContext, flags: AccessFlags): RestClient {
  const token = context.env['STELLAR_ADMIN_TOKEN'];
  if (token !== undefined && token !== '')
    return createRestClient(serverUrl(context, flags), token);
  throw new CommandFailed(
    'This needs the operator: STELLAR_ADMIN_TOKEN is not set.',
    'Start the server with STELLAR_ADMIN_TOKEN and set the same value here. ' +
      'With Postgres, DATABASE_URL and STELLAR_SECRET do instead.',
  );
}

/** Where the server is: `--url`, else where this configuration would make it listen. */
export function serverUrl(context: CliContext, flags: AccessFlags): string {
  if (flags.url !== undefined) return checkedUrl(flags.url);
  const { host, port } = readConfig({ env: context.env });
  return `http://${reachable(host)}:${port}`;
}

function checkedUrl(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new CommandFailed(`--url must begin with http:// or https://, not ${JSON.stringify(url)}.`);
}

/** A server that listens everywhere is reached on loopback. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** The key of the local account, where the data folder has one. */
export async function localKey(
  context: CliContext,
  flags: AccessFlags,
): Promise<{ path: string; key: string | undefined }> {
  const path = dataFolder(dataDirOf(context, flags)).localKey;
  return { path, key: await readKept(path) };
}

function dataDirOf(context: CliContext, flags: AccessFlags): string {
  const overridden = flags.dataDir === undefined ? {} : { flags: { dataDir: flags.dataDir } };
  return readConfig({ env: context.env, ...overridden }).dataDir;
}

async function findKey(context: CliContext, flags: AccessFlags, url: string): Promise<string> {
  const given = context.env['STELLAR_API_KEY'];
  if (given !== undefined && given !== '') return given;
  // A data folder that is named means its key.
  const login = flags.dataDir === undefined ? await findLogin(context, url) : undefined;
  if (login !== undefined) return login.apiKey;
  // The local key opens this machine's server only: it is never sent anywhere else.
  if (!isLoopback(url))
    throw new CommandFailed(
      `No API key for ${url}.`,
      `Log in with \`${context.program} login --url ${url}\`, or set STELLAR_API_KEY to one of its keys.`,
    );
  const { path, key } = await localKey(context, flags);
  if (key !== undefined) return key;
  throw new CommandFailed(
    `No API key: STELLAR_API_KEY is not set and ${path} does not exist.`,
    'Run this where the server was started, name its data folder with --data-dir, or set STELLAR_API_KEY.',
  );
}

const isLoopback = (url: string): boolean =>
  /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
