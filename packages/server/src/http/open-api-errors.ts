import { type ErrorCode, errorCodes } from '@stellar-memory/protocol';
import { StellarError } from '../domain/stellar-error.js';
import type { JsonSchema, ResponseObject } from './open-api-types.js';
import { problemOf } from './problem.js';
import type { Route } from './route.js';

const always: readonly ErrorCode[] = [
  'bad_request',
  'request_timeout',
  'uri_too_long',
  'headers_too_large',
  'internal',
  'unavailable',
];

/** Every code that an operation can answer: what follows from its policy and input, and its own. */
export function errorsOf(route: Route): readonly ErrorCode[] {
  const codes: ErrorCode[] = [...always, ...(route.errors ?? [])];
  if (route.access !== 'open') codes.push('unauthorized', 'deadline_exceeded');
  if (typeof route.access === 'object')
    codes.push('insufficient_scope', 'agent_not_allowed', 'account_suspended', 'account_closed');
  if (route.unlimited !== true) codes.push('rate_limited');
  if (route.params !== undefined) codes.push('not_found');
  if (route.method !== 'GET') codes.push('storage_full');
  if ((route.body ?? route.lines) !== undefined)
    codes.push('invalid_json', 'payload_too_large', 'unsupported_media_type', 'invalid_content');
  if (route.idempotent === true) codes.push('idempotency_in_flight', 'idempotency_mismatch');
  if (route.conditional === true) codes.push('precondition_failed');
  return codes;
}

const exampleRequestId = '0b6c1f0e-4f55-4c0e-9a53-5d3f7a1c2e90';

/** The error answers of an operation, one for each status, with an example for each code. */
export function errorResponses(
  route: Route,
  problemSchema: JsonSchema,
): Record<string, ResponseObject> {
  const codes = errorsOf(route);
  const statuses = [...new Set(codes.map((code) => errorCodes[code].status))];
  const ofStatus = (status: number) => codes.filter((code) => errorCodes[code].status === status);
  return Object.fromEntries(
    statuses.map((status) => [`${status}`, errorResponse(ofStatus(status), problemSchema)]),
  );
}

function errorResponse(codes: readonly ErrorCode[], schema: JsonSchema): ResponseObject {
  const examples: Record<string, { value: unknown }> = {};
  for (const code of codes)
    examples[code] = { value: problemOf(new StellarError(code), exampleRequestId) };
  return {
    description: codes.map((code) => `\`${code}\`: ${errorCodes[code].next}`).join('\n\n'),
    content: {
      'application/problem+json': { schema, examples },
    },
  };
}
