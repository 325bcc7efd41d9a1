import { randomUUID } from 'node:crypto';
import type { ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import { limits } from '@stellar-memory/protocol';
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import type { Logger } from 'pino';
import { StellarError } from '../domain/stellar-error.js';
import { answerError } from './answer-error.js';
import { requestDeadlines } from './body-deadline.js';
import { answerClientError, answerExpectation } from './client-error.js';
import type { HttpConfig } from './http-config.js';
import { type ParsedBody, parseJsonBody } from './json-body.js';
import { setStandardHeaders } from './standard-headers.js';
import { UpgradeRequest } from './upgrade-request.js';

/** How often Node looks for requests that are too slow; the default of 30 s would let them live that much longer. */
const checkIntervalMs = 1_000;
/** Longer than the 60 s after which common balancers drop idle connections: they close, not we. */
const keepAliveMs = 72_000;
/** A client that neither sends nor reads for so long has gone. */
const silenceMs = 120_000;

/**
 * Fastify, set up so that nothing it does by default reaches a client: its errors are problems, its body
 * parsers are gone, its query parser leaves the text alone, its request log is silent. `onUnrouted` hears
 * of requests that were refused before any hook could see them.
 */
export function createApp(
  config: HttpConfig,
  logger: Logger,
  onUnrouted: (refusal: StellarError) => void,
): FastifyInstance {
  const { headersMs } = requestDeadlines(config);
  const loggerInstance: FastifyBaseLogger = logger;
  const answeredEarly = new WeakSet<Socket>();
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    // One child a request costs 2 µs, for lines that are never written.
    childLoggerFactory: (parent) => parent,
    genReqId: () => randomUUID(),
    http: nodeOptions(headersMs),
    requestTimeout: 0, // Bodies have a deadline of ours, which knows imports.
    keepAliveTimeout: keepAliveMs,
    connectionTimeout: silenceMs,
    bodyLimit: limits.bodyBytes,
    // While draining what arrives is served, with Connection: close; refusing it would fail requests.
    return503OnClosing: false,
    routerOptions: {
      querystringParser: (text: string) => text as unknown as Record<string, unknown>,
      maxParamLength: 4_096,
    },
    clientErrorHandler: (error, socket) => {
      const refusal = answerClientError(error, socket, answeredEarly.has(socket));
      if (refusal !== undefined) onUnrouted(refusal);
    },
    frameworkErrors: (error, request, reply) => {
      request.exchange = { route: undefined, identity: undefined, failure: undefined };
      setStandardHeaders(request, reply);
      answerError(error, request, reply);
      if (request.exchange.failure !== undefined) onUnrouted(request.exchange.failure);
    },
  });
  app.addHook('onResponse', (request, _reply, done) => {
    if (!request.raw.complete) answeredEarly.add(request.raw.socket);
    done();
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(() => {
    throw new StellarError('not_found');
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, bytes, done) => {
    readBody(bytes as Buffer, done);
  });
  app.server.on('checkExpectation', (_request, response) => {
    onUnrouted(answerExpectation(response));
  });
  return app;
}

const nodeOptions = (headersMs: number): ServerOptions<typeof UpgradeRequest> => ({
  IncomingMessage: UpgradeRequest,
  headersTimeout: headersMs,
  connectionsCheckingInterval: Math.min(checkIntervalMs, headersMs),
  maxHeaderSize: 32 * 1024,
  // Node drops all but the first Authorization in silence: joined, two are one bad credential.
  joinDuplicateHeaders: true,
  requireHostHeader: false,
});

/** An empty body is none: whether the operation needs one is asked later. */
function readBody(bytes: Buffer, done: (error: Error | null, body?: ParsedBody) => void): void {
  let body: ParsedBody | undefined;
  try {
    body = bytes.length === 0 ? undefined : { bytes, value: parseJsonBody(bytes) };
  } catch (error) {
    done(error as Error);
    return;
  }
  done(null, body);
}
