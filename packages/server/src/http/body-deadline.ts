import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpConfig } from './http-config.js';

/** Milliseconds that the headers of a request may take, and then its body: together what the whole request may. */
export function requestDeadlines({ requestTimeoutMs = 12_000 }: HttpConfig): {
  readonly headersMs: number;
  readonly bodyMs: number;
} {
  const headersMs = Math.ceil(requestTimeoutMs / 3);
  return { headersMs, bodyMs: requestTimeoutMs - headersMs };
}

/**
 * Ends requests whose body does not come in time, as Node ends those whose headers do not. Node could do this too, but
 * with one limit for every request, and a body of lines may take as long as it moves: it is timed by who reads it, and
 * here only from its answer on, when nobody reads it any more.
 */
export function limitBodies(app: FastifyInstance, withinMs: number): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (hasBody(request) && request.routeOptions.config.takesLines !== true)
      endLate(app, request, withinMs);
    done();
  });
  app.addHook('onResponse', (request, _reply, done) => {
    if (request.routeOptions.config.takesLines === true) endLate(app, request, withinMs);
    done();
  });
}

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** Node's own way, so that there is one answer for both. */
function endLate(app: FastifyInstance, { raw }: FastifyRequest, withinMs: number): void {
  if (raw.complete) return;
  const timer = setTimeout(() => {
    if (raw.complete || raw.socket.destroyed) return;
    app.server.emit('clientError', timeout(), raw.socket);
  }, withinMs);
  timer.unref();
  raw.once('end', () => clearTimeout(timer));
}

const timeout = (): Error =>
  Object.assign(new Error('The body did not come in time.'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The operation reads its body line by line. */
    readonly takesLines?: boolean;
  }
}
