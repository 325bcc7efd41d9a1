import { readLocalKey, readLoginKey } from '#local-key';
import { StellarMemoryError } from './stellar-memory-error.js';

/** Gives the key to send. Errors: `no_api_key`. */
export type KeySource = () => Promise<string>;

/** The key given; else that of a login at this server; else, on this machine, the local one. Read at the first call that finds it. */
export function keySource(apiKey: string | undefined, baseUrl: string): KeySource {
  if (apiKey !== undefined) {
    const checked = checkedKey(apiKey);
    return () => Promise.resolve(checked);
  }
  let found: string | undefined;
  return async () => {
    found ??= await findKey(baseUrl);
    return found;
  };
}

async function findKey(baseUrl: string): Promise<string> {
  try {
    const login = await readLoginKey(baseUrl);
    if (login !== '') return checkedKey(login);
    // The local key opens this machine's server only, so it is sent nowhere else.
    const key = isLoopback(baseUrl) ? await readLocalKey() : '';
    if (key !== '') return checkedKey(key);
  } catch (error) {
    throw noKey(error);
  }
  throw noKey();
}

/** Refuses what no header can carry, here: the platform's own refusal would print the key. */
function checkedKey(apiKey: string): string {
  if (/^[\x21-\x7e]+$/.test(apiKey)) return apiKey;
  throw new TypeError('apiKey must be the key as it was printed, without blanks or line breaks');
}

const noKey = (cause?: unknown): StellarMemoryError =>
  new StellarMemoryError(
    'no_api_key',
    {
      detail: 'No apiKey was given, and neither a login nor a local key was found for this url.',
      next: 'Pass apiKey, or log in with `stellar-memory login`; for a server on this machine, run where it was started or set STELLAR_DATA_DIR to its data folder.',
    },
    cause,
  );

const isLoopback = (url: string): boolean =>
  /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
