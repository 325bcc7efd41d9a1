import { withDeadline } from './deadline.js';
import { errorOf, valueOf } from './problem.js';
import { withRetries } from './retry.js';
import { checkedTimeout, type Settings } from './settings.js';
import { StellarMemoryError } from './stellar-memory-error.js';

/** What every method takes. */
export interface CallOptions {
  /** Ends the call, waits included; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Time for one attempt of this call, answer included. */
  readonly timeoutMs?: number | undefined;
}

/** One operation of the REST interface. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string | undefined;
  readonly ifMatch?: string | undefined;
  /** Changes nothing, though it is no GET. */
  readonly reads?: true;
}

/** A successful answer. */
export interface Answer<Value> {
  readonly value: Value;
  readonly etag: string | null;
  readonly nextCursor: string | null;
}

/**
 * Carries an operation out, trying again where that is safe.
 * Errors: `StellarMemoryError`; the reason of the caller's signal.
 */
export type Transport = <Value>(
  operation: Operation,
  options?: CallOptions,
) => Promise<Answer<Value>>;

/** A transport to one server for one key; for nobody where `findKey` finds none. */
export const createTransport = (
  settings: Settings,
  findKey: () => Promise<string | undefined> = settings.findKey,
): Transport => {
  return async <Value>(operation: Operation, options: CallOptions = {}) => {
    const { signal } = options;
    const timeoutMs = checkedTimeout(options.timeoutMs ?? settings.timeoutMs);
    signal?.throwIfAborted();
    const [url, init] = requestOf(operation, settings.baseUrl, await findKey());
    const attempt = (): Promise<Answer<Value>> =>
      withDeadline(timeoutMs, signal, (until) =>
        exchange<Value>(settings.fetch, url, { ...init, signal: until }),
      );
    const actsOnce =
      operation.method === 'GET' ||
      operation.reads === true ||
      operation.idempotencyKey !== undefined;
    return withRetries(attempt, { policy: settings.retry, actsOnce, signal });
  };
};

/** The request of an operation. */
export function requestOf(
  operation: Operation,
  baseUrl: string,
  key: string | undefined,
): [string, RequestInit & { readonly headers: Headers }] {
  const { method, path, query = {}, body, idempotencyKey, ifMatch } = operation;
  const headers = new Headers({ accept: 'application/json' });
  if (key !== undefined) headers.set('authorization', `Bearer ${key}`);
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey);
  if (ifMatch !== undefined) headers.set('if-match', ifMatch);
  const init: RequestInit & { headers: Headers } = {
    method,
    headers,
    redirect: 'manual',
    credentials: 'omit',
  };
  if (body !== undefined) init.body = JSON.stringify(body);
  return [baseUrl + path + queryString(query), init];
}

/** The query string, `?` included; empty when nothing is asked. */
export function queryString(query: NonNullable<Operation['query']>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, parameter(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** Seconds have up to 6 decimals in a query, and never an exponent. */
const parameter = (value: string | number | boolean): string =>
  typeof value !== 'number' || Number.isInteger(value) ? String(value) : value.toFixed(6);

async function exchange<Value>(
  fetch: Settings['fetch'],
  url: string,
  init: RequestInit,
): Promise<Answer<Value>> {
  const [response, text] = await received(fetch, url, init);
  if (!response.ok) throw errorOf(response, text);
  // The server's schemas say what it is; tests hold this client to them.
  return {
    value: valueOf(response, text) as Value,
    etag: response.headers.get('etag'),
    nextCursor: response.headers.get('x-next-cursor'),
  };
}

async function received(
  fetch: Settings['fetch'],
  url: string,
  init: RequestInit,
): Promise<[Response, string]> {
  try {
    const response = await fetch(url, init);
    return [response, await response.text()];
  } catch (error) {
    throw networkError(url, error);
  }
}

/** No answer came, or not all of it. */
export function networkError(url: string, cause?: unknown): StellarMemoryError {
  const detail = `No whole answer came from ${new URL(url).origin}.`;
  const next = 'Check that the server runs there (`npm start`) and that this machine reaches it.';
  return new StellarMemoryError('network_error', { detail, next }, cause);
}
