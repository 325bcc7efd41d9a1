import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { StellarError } from '../domain/stellar-error.js';
import './exchange.js';
import type { RequestMetrics } from './request-metrics.js';
import { traceIdOf } from './trace-context.js';

/** Status in the log and the metrics of a request whose client left before the answer (nginx's number). */
const clientLeft = 499;

/** Writes one log line and one measurement for every request, when its answer has left or its client has. */
export function observeRequests(
  app: FastifyInstance,
  logger: Logger,
  metrics: RequestMetrics,
): void {
  app.decorateRequest('exchange');
  app.addHook('onRequest', (request, reply, done) => {
    request.exchange = { route: undefined, identity: undefined, failure: undefined };
    const startedMs = performance.now();
    metrics.begin();
    // Fastify's onResponse is not called when the client has gone; the close of the response always is.
    reply.raw.once('close', () => {
      const status = reply.raw.writableFinished ? reply.raw.statusCode : clientLeft;
      const durationMs = performance.now() - startedMs;
      metrics.end(request.method, request.exchange.route?.path ?? '', status, durationMs / 1000);
      logRequest(logger, request, status, durationMs);
    });
    done();
  });
}

/** Notes a request that was refused before it became one: malformed, too slow, too long. */
export const observeUnrouted =
  (logger: Logger, metrics: RequestMetrics) =>
  (refusal: StellarError): void => {
    metrics.record('_OTHER', '', refusal.status, 0);
    logger.info({ status: refusal.status, code: refusal.code }, 'request refused');
  };

/** The route's template stands for the path: ids of v1 clients and queries of recalls are content. */
function logRequest(
  logger: Logger,
  request: FastifyRequest,
  status: number,
  durationMs: number,
): void {
  const { route, identity, failure } = request.exchange;
  const level = status < 500 ? 'info' : failure?.code === 'internal' ? 'error' : 'warn';
  if (!logger.isLevelEnabled(level)) return;
  const line = {
    request_id: request.id,
    trace_id: traceIdOf(request.headers['traceparent']),
    method: request.method,
    route: route?.path,
    status,
    duration_ms: Math.round(durationMs * 10) / 10,
    user_id: identity?.userId,
    code: failure?.code,
    err: status < 500 ? undefined : failure?.cause,
  };
  logger[level](line, 'request');
}
