import { type KeySource, keySource } from './key-source.js';
import { defaultRetry, type RetryOptions, type RetryPolicy } from './retry.js';

/** Where the server is, who calls, and with how much patience. */
export interface ClientOptions {
  /** Default `http://127.0.0.1:9000`. A path is kept: the server may live below one. */
  readonly url?: string | undefined;
  /** Default, in Node and for a server on this machine: the key in its data folder. */
  readonly apiKey?: string | undefined;
  /** Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Time for one attempt, answer included. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** `false` never tries again. */
  readonly retry?: RetryOptions | false | undefined;
}

/** The same, checked, with defaults. */
export interface Settings {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly findKey: KeySource;
  readonly fetch: typeof globalThis.fetch;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
}

/** Checks what the caller chose. Errors: `TypeError`, whose message never repeats a URL or a key. */
export function settingsOf(options: ClientOptions): Settings {
  const baseUrl = checkedUrl(options.url ?? 'http://127.0.0.1:9000');
  return {
    baseUrl,
    findKey: keySource(options.apiKey, baseUrl),
    // Looked up at every call and called as a plain function: browsers insist on it, and tests replace it.
    fetch: options.fetch ?? ((...request) => globalThis.fetch(...request)),
    timeoutMs: checkedTimeout(options.timeoutMs ?? 30_000),
    retry: checkedRetry(options.retry),
  };
}

/** Timers of every platform count in 31 bits and fire at once beyond. */
export function checkedTimeout(timeoutMs: number): number {
  if (timeoutMs >= 1 && timeoutMs < 2 ** 31) return timeoutMs;
  throw new TypeError('timeoutMs must be from 1 to 2147483647 milliseconds');
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new TypeError('url must begin with http:// or https://');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new TypeError('url must be without user, password, query and fragment');
  return url.origin + url.pathname.replace(/\/+$/, '');
}

function checkedRetry(retry: RetryOptions | false | undefined): RetryPolicy {
  if (retry === false) return { ...defaultRetry, attempts: 1 };
  const policy = { ...defaultRetry, ...retry };
  for (const [name, value] of Object.entries(policy)) {
    if (!(value >= 0 && value < 2 ** 31)) throw new TypeError(`retry.${name} must be from 0 up`);
  }
  return policy;
}
