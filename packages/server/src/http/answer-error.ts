import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemHeaders, problemOf, toStellarError } from './problem.js';

/** A body that is longer is not worth reading to its end for the sake of the connection. */
const drainedBodyBytes = 8 * 1024 * 1024;

/**
 * Answers any error, ours or Fastify's, as a problem. An answer to an unread body keeps the connection
 * open and lets Node discard the rest: closing at once resets it, and the client loses the answer.
 */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const failure = toStellarError(error);
  request.exchange.failure = failure;
  if (Number(request.headers['content-length'] ?? 0) > drainedBodyBytes)
    reply.raw.shouldKeepAlive = false;
  reply.header('connection', reply.raw.shouldKeepAlive ? 'keep-alive' : 'close');
  reply.headers(problemHeaders(failure));
  reply.code(failure.status).send(JSON.stringify(problemOf(failure, request.id)));
}
