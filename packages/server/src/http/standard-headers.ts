import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { StellarError } from '../domain/stellar-error.js';

/**
 * Headers of every answer: it is nobody's script, page or frame, is never cached, and says nothing
 * of where the visitor came from. There are no CORS headers: other origins may not read answers.
 */
export const standardHeaders = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
} as const;

/** A query of 1,000 characters is 12,000 when each is escaped as four bytes. */
const maxUrlCharacters = 16 * 1024;

/** Puts the standard headers and the request id on an answer. */
export function setStandardHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(standardHeaders);
  reply.header('x-request-id', request.id);
}

/** Puts the standard headers on every answer, and refuses what is wrong with any request alike. */
export function applyHttpRules(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    setStandardHeaders(request, reply);
    done(requestProblem(request));
  });
}

function requestProblem({ url, headers, raw }: FastifyRequest): StellarError | undefined {
  if (url.length > maxUrlCharacters)
    return new StellarError('uri_too_long', {
      detail: `The request target must not be longer than ${maxUrlCharacters} characters.`,
    });
  // Node would refuse it itself, with an empty answer. Nothing is read from Host but that it is there.
  if (headers.host === undefined && raw.httpVersion === '1.1')
    return new StellarError('bad_request', { detail: 'The Host header is missing.' });
  return undefined;
}
