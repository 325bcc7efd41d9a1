import { readLocalKey } from '#local-key';
import { StellarMemoryError } from './stellar-memory-error.js';

/** Gives the key to send. Errors: `no_api_key`. */
export type KeySource = () => Promise<string>;

/** The key given, or on this machine the local one, read at the first call that finds it. */
export function keySource(apiKey: string | undefined, baseUrl: string): KeySource {
  if (apiKey !== undefined) {
    const checked = checkedKey(apiKey);
    return () => Promise.resolve(checked);
  }
  // The local key opens this machine's server only, so it is sent nowhere else.
  if (!isLoopback(baseUrl)) return () => Promise.reject(noKey());
  let found: string | undefined;
  return async () => {
    found ??= await findLocalKey();
    return found;
  };
}

async function findLocalKey(): Promise<string> {
  try {
    const key = await readLocalKey();
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
      detail: 'No apiKey was given, and no local key was found for this url.',
      next: 'Pass apiKey; or, for a server on this machine, run where it was started or set STELLAR_DATA_DIR to its data folder.',
    },
    cause,
  );

const isLoopback = (url: string): boolean =>
  /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
