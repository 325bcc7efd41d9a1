import type { ErrorCode } from './error-codes.js';
import { type FieldError, StellarMemoryError } from './stellar-memory-error.js';

/** The error of an answer that is none of success: a problem of the server, or something else's answer. */
export function errorOf(response: Response, text: string): StellarMemoryError {
  const problem = problemIn(text);
  const retryAfterSeconds = secondsOf(response.headers.get('retry-after'));
  if (problem === undefined) return notOurs(response, retryAfterSeconds);
  return new StellarMemoryError(problem['code'] as ErrorCode, {
    status: response.status,
    detail: textOf(problem['detail']) ?? textOf(problem['title']),
    next: textOf(problem['next']),
    requestId: textOf(problem['request_id']),
    errors: Array.isArray(problem['errors']) ? (problem['errors'] as FieldError[]) : undefined,
    limit: numberOf(problem['limit']),
    used: numberOf(problem['used']),
    upgradeUrl: textOf(problem['upgrade_url']),
    retryAfterSeconds,
  });
}

/** The value of a successful answer. Errors: `unexpected_response` when it is no JSON. */
export function valueOf(response: Response, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const detail = `Something at ${placeOf(response)} answered ${response.status} without JSON.`;
    throw new StellarMemoryError(
      'unexpected_response',
      { status: response.status, detail, next: checkUrl },
      error,
    );
  }
}

const checkUrl = 'Check that url is the address of a Stellar Memory server.';

function notOurs(response: Response, retryAfterSeconds: number | undefined): StellarMemoryError {
  const { status, type } = response;
  // A redirect is not followed: the key would travel to an address that nobody named.
  const redirected = type === 'opaqueredirect' || (status >= 300 && status < 400);
  const did = redirected ? 'redirects elsewhere' : `answered ${status} without a problem document`;
  const next = redirected ? 'Pass the address that it redirects to as url.' : checkUrl;
  const detail = `Something at ${placeOf(response)} ${did}.`;
  return new StellarMemoryError('unexpected_response', { status, detail, next, retryAfterSeconds });
}

const placeOf = (response: Response): string =>
  URL.canParse(response.url) ? new URL(response.url).origin : 'this address';

function problemIn(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text) as Record<string, unknown> | null;
    return typeof value?.['code'] === 'string' ? value : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

/** Retry-After as RFC 9110 has it: seconds, or a date. */
function secondsOf(retryAfter: string | null): number | undefined {
  if (retryAfter === null) return undefined;
  const seconds = /^\d+$/.test(retryAfter)
    ? Number(retryAfter)
    : (Date.parse(retryAfter) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;
const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined;
