import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Identity } from '../auth/identity.js';
import { StellarError } from '../domain/stellar-error.js';
import { bodyLines } from './body-lines.js';
import { checkBodyHeaders } from './body-rules.js';
import { callFactory } from './create-call.js';
import { createGate } from './gate.js';
import { emptyBody, type ParsedBody } from './json-body.js';
import { parseQueryString } from './query-string.js';
import { createRateGate } from './rate-gate.js';
import type { Input, Route } from './route.js';
import { noParameters, StreamAnswer, TextAnswer } from './route.js';
import { validate } from './validate.js';
import './exchange.js';
import type { RouteServices } from './route-services.js';

/**
 * Serves one operation. The order is the policy: who asks, then whether a body may come at all, then the
 * body, then parameters. A stranger is refused before anything of his is read.
 */
export function mountRoute(app: FastifyInstance, route: Route, services: RouteServices): void {
  const admit = createAdmission(route, services);
  const createCall = callFactory(route, services);
  const takes =
    route.lines !== undefined ? 'lines' : route.body === undefined ? 'nothing' : 'a body';
  mountOn(app, route, {
    method: route.method,
    config: { takesLines: takes === 'lines' },
    url: route.path.replace(/\{(\w+)\}/g, ':$1'),
    onRequest: async (request, reply) => {
      request.exchange.route = route;
      request.exchange.identity = await admit(request, reply);
      checkBodyHeaders(takes, request.headers);
    },
    handler: async (request, reply) => {
      const input = readInput(route, request);
      sendSuccess(route, reply, await route.handler(createCall(request, reply), input));
      return reply;
    },
  });
}

/** Asks who it is, lets each tenant begin in turn, and charges whom it was. Who shows no good key is charged by address, and may be told so instead. */
function createAdmission(
  route: Route,
  services: RouteServices,
): (request: FastifyRequest, reply: FastifyReply) => Promise<Identity | undefined> {
  const browser = services.signIn && {
    sessions: services.signIn.sessions,
    publicUrl: services.publicUrl,
    readsOnly: route.method === 'GET',
  };
  const gate = createGate(route.access, services.authenticator, services.operator?.token, browser);
  const rates = services.rates && createRateGate(route, services.rates);
  const isUnproved = route.access === 'open' || route.access === 'visitor';
  return async (request, reply) => {
    if (isUnproved && route.unlimited !== true) await rates?.stranger(request, reply);
    const identity = await gate(request.headers).catch(async (error: unknown) => {
      // A key that may not do this is charged so too, or its refusals would be free.
      if (error instanceof StellarError && error.status < 500)
        await rates?.stranger(request, reply);
      throw error;
    });
    if (identity === undefined) return undefined;
    await services.turns.take(identity.userId);
    await rates?.caller(identity, reply);
    refuseBoundKey(route, identity);
    return identity;
  };
}

function refuseBoundKey(route: Route, { agentId }: Identity): void {
  if (agentId === null || route.boundKeys === true) return;
  throw new StellarError('agent_not_allowed', {
    detail: 'This operation concerns the whole account; this key is bound to one agent.',
  });
}

/** A signature is of bytes: nothing may parse them before it is proved. Lines are read by who takes them. */
function mountOn(app: FastifyInstance, route: Route, options: RouteOptions): void {
  if (route.access !== 'signed' && route.lines === undefined) return void app.route(options);
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    if (route.lines === undefined)
      scope.addContentTypeParser(
        'application/json',
        { parseAs: 'buffer' },
        (_request, bytes, done) =>
          done(null, bytes.length === 0 ? undefined : { bytes, value: undefined }),
      );
    else
      scope.addContentTypeParser('application/x-ndjson', (_request, body, done) =>
        done(null, { lines: bodyLines(body, silenceMs) }),
      );
    scope.route(options);
  });
}

/** Milliseconds that the sender of lines may be silent. */
const silenceMs = 10_000;

function readInput(route: Route, request: FastifyRequest): Input {
  const query = parseQueryString(request.query as string);
  const body = request.body as ParsedBody | undefined;
  if ((route.body ?? route.lines) !== undefined && body === undefined) throw emptyBody();
  return {
    params: route.params && validate(route.params, request.params, 'params'),
    query: validate(route.query ?? noParameters, query, 'query'),
    body:
      route.access === 'signed'
        ? undefined
        : route.body && validate(route.body, body?.value, 'body'),
  };
}

function sendSuccess({ success }: Route, reply: FastifyReply, answer: unknown): void {
  reply.code(success.status);
  if (success.headers !== undefined) reply.headers(success.headers);
  const isText = answer instanceof TextAnswer;
  if (!isText && !(answer instanceof StreamAnswer)) return void reply.send(answer);
  reply.header('content-type', success.contentType ?? 'application/json');
  reply.send(isText ? answer.text : Readable.from(answer.texts));
}
