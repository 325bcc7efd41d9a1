import { STATUS_CODES } from 'node:http';
import { type ErrorCode, errorCodes, type Problem } from '@stellar-memory/protocol';
import { type ErrorDetails, StellarError } from '../domain/stellar-error.js';

/** Fastify's own refusals that need a code of their own; the rest go by their status. */
const frameworkCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_BAD_URL: 'bad_request',
  FST_ERR_MAX_PARAM_LENGTH: 'uri_too_long',
};

const codeOfStatus = new Map<number, ErrorCode>(
  (Object.keys(errorCodes) as ErrorCode[])
    .toReversed()
    .map((code) => [errorCodes[code].status, code]),
);

/**
 * What a client may know of an error. Anything that is not meant for clients, and not a refusal of the
 * framework's, is a fault of ours: 500, with nothing but the request id to find it by.
 */
export function toStellarError(error: unknown): StellarError {
  if (error instanceof StellarError) return error;
  const { code, statusCode } = (typeof error === 'object' && error !== null ? error : {}) as {
    code?: unknown;
    statusCode?: unknown;
  };
  const named = typeof code === 'string' ? frameworkCodes[code] : undefined;
  if (named !== undefined) return new StellarError(named, {}, error);
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499)
    return new StellarError('internal', {}, error);
  return new StellarError(codeOfStatus.get(statusCode) ?? 'bad_request', {}, error);
}

/** The body of an error answer (RFC 9457). */
export function problemOf({ code, details }: StellarError, requestId: string): Problem {
  const { status, next } = errorCodes[code];
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    ...(details.detail === undefined ? {} : { detail: details.detail }),
    next,
    request_id: requestId,
    ...(details.errors === undefined ? {} : { errors: [...details.errors] }),
    ...quotaOf(details),
    ...(details.progress === undefined ? {} : { progress: { ...details.progress } }),
  };
}

const quotaOf = ({ limit, used, upgrade_url }: ErrorDetails): Partial<Problem> => ({
  ...(limit === undefined ? {} : { limit }),
  ...(used === undefined ? {} : { used }),
  ...(upgrade_url === undefined ? {} : { upgrade_url }),
});

/** Headers that belong to an error: how to authenticate, when to retry. */
export function problemHeaders({ code, details }: StellarError): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  if (code === 'unauthorized') headers['www-authenticate'] = 'Bearer realm="stellar-memory"';
  if (code === 'insufficient_scope')
    headers['www-authenticate'] = 'Bearer realm="stellar-memory", error="insufficient_scope"';
  const retryAfter = details.retryAfterSeconds ?? (code === 'unavailable' ? 1 : undefined);
  if (retryAfter !== undefined) headers['retry-after'] = `${Math.ceil(retryAfter)}`;
  return headers;
}
