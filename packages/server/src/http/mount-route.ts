import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { ApiKeyService } from '../auth/account-service.js';
import type { AuditService } from '../auth/audit-service.js';
import type { DeviceService } from '../auth/device-service.js';
import type { Authenticator, Identity, SessionAuthenticator } from '../auth/identity.js';
import type { SignInService } from '../auth/sign-in-service.js';
import type { BillingService, WebhookReceiver } from '../billing/billing-service.js';
import { StellarError } from '../domain/stellar-error.js';
import { asAgent } from '../memory/as-agent.js';
import { contextAsAgent } from '../memory/context-as-agent.js';
import type { ContextService } from '../memory/context-service.js';
import type { LifeService } from '../memory/life-service.js';
import type { Idempotency, MemoryService } from '../memory/memory-service.js';
import type { Usage } from '../memory/quota.js';
import type { UsageService } from '../memory/read-usage.js';
import type { TransferService } from '../memory/transfer-service.js';
import type { SyncService } from '../sync/sync-service.js';
import { type BodyLines, bodyLines } from './body-lines.js';
import { checkBodyHeaders } from './body-rules.js';
import { clientAddress } from './client-address.js';
import { ifMatchOf, quoteTag } from './entity-tag.js';
import './exchange.js';
import { createGate } from './gate.js';
import { idempotencyOf } from './idempotency-key.js';
import { emptyBody, type ParsedBody } from './json-body.js';
import { parseQueryString } from './query-string.js';
import { createRateGate, type RateOptions } from './rate-gate.js';
import type { AnyCall, Input, OpenService, OperatorCall, Route, UserCall } from './route.js';
import { noParameters, StreamAnswer, TextAnswer } from './route.js';
import { sessionCookie } from './session-cookie.js';
import { validate } from './validate.js';

/** What sells. */
export interface BillingParts {
  readonly service: BillingService;
  readonly webhooks: WebhookReceiver;
}

/** What signs people in. */
export interface SignInParts {
  readonly service: SignInService;
  readonly sessions: SessionAuthenticator;
  readonly devices: DeviceService;
}

/** What routes are mounted on. */
export interface RouteServices {
  readonly authenticator: Authenticator;
  readonly memories: MemoryService;
  readonly context: ContextService;
  readonly life: LifeService;
  readonly apiKeys: ApiKeyService;
  /** Absent: nothing is sold, and no such route is mounted. */
  readonly billing?: BillingParts | undefined;
  readonly usage: UsageService;
  readonly transfer: TransferService;
  readonly audit: AuditService;
  /** Absent: nobody signs in. */
  readonly signIn?: SignInParts | undefined;
  readonly publicUrl?: string | undefined;
  readonly open: OpenService;
  readonly sync: SyncService;
  /** Absent: nobody is limited. */
  readonly rates?: RateOptions | undefined;
  readonly operator?: (OperatorCall & { readonly token: string }) | undefined;
}

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

/** Asks who it is, and charges whom it was. Who shows no good key is charged by address, and may be told so instead. */
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

type CreateCall = (request: FastifyRequest, reply: FastifyReply) => AnyCall;

function callFactory(route: Route, services: RouteServices): CreateCall {
  const { open, operator } = services;
  if (route.access === 'open')
    return ({ headers }) => ({ ...open, acceptLanguage: headers['accept-language'] });
  if (route.access === 'operator') {
    if (operator === undefined) throw new Error(`${route.operationId} needs an operator.`);
    return () => operator;
  }
  if (route.access === 'signed') return (request) => signedCall(request, services);
  if (route.access === 'visitor') return (request, reply) => visitorCall(request, reply, services);
  return (request, reply) => userCall(route, services, request, reply);
}

function signedCall(request: FastifyRequest, services: RouteServices): AnyCall {
  const signature = request.headers['x-signature'];
  const body = bytesOf(request);
  if (typeof signature !== 'string' || body === undefined)
    throw new Error('A signed operation ran without a signature or a body.');
  return { webhooks: billingOf(services).webhooks, delivery: { body, signature } };
}

const visitorCall = (
  request: FastifyRequest,
  reply: FastifyReply,
  services: RouteServices,
): AnyCall => ({
  signIn: signInOf(services).service,
  devices: signInOf(services).devices,
  address: services.rates && clientAddress(request, services.rates.trustedProxies),
  userAgent: request.headers['user-agent'],
  setSession: (token, maxAgeSeconds) => {
    reply.header('set-cookie', sessionCookie(token, maxAgeSeconds));
  },
});

/** Routes of signing in are mounted only where somebody can. */
function signInOf({ signIn }: RouteServices): SignInParts {
  if (signIn === undefined) throw new Error('An operation of signing in needs it.');
  return signIn;
}

/** Routes of billing are mounted only where something is sold. */
function billingOf({ billing }: RouteServices): BillingParts {
  if (billing === undefined) throw new Error('An operation of billing needs billing.');
  return billing;
}

function userCall(
  route: Route,
  services: RouteServices,
  request: FastifyRequest,
  reply: FastifyReply,
): UserCall {
  const { memories, context, life, apiKeys, usage, transfer, audit } = services;
  const identity = identityOf(request);
  const { userId, agentId } = identity;
  const { headers } = request;
  return {
    userId,
    identity,
    memories: agentId === null ? memories : asAgent(memories, agentId),
    context: agentId === null ? context : contextAsAgent(context, agentId),
    apiKeys,
    sync: services.sync,
    signal: () => goneSignal(reply),
    lastEventId: headers['last-event-id'] as string | undefined,
    get billing() {
      return billingOf(services).service;
    },
    life,
    usage,
    transfer,
    audit,
    get lines() {
      return linesOf(request);
    },
    get signIn() {
      return signInOf(services).service;
    },
    get devices() {
      return signInOf(services).devices;
    },
    idempotency: ofAgent(idempotencyOf(route, headers, request.url, bytesOf(request)), agentId),
    ifMatch: route.conditional === true ? ifMatchOf(headers['if-match']) : undefined,
    setEtag: (tag) => void reply.header('etag', quoteTag(tag)),
    setUsage: ({ memories: ofMemories, agents, seq }) => {
      reply.header('x-usage-memories', usageText(ofMemories));
      reply.header('x-usage-agents', usageText(agents));
      reply.header('x-sync-seq', seq);
    },
    setNextCursor: (cursor) => {
      if (cursor !== undefined) reply.header('x-next-cursor', cursor);
    },
    setDegraded: (part) => void reply.header('x-degraded', part),
  };
}

/** What one agent was answered is not repeated to another. */
const ofAgent = (
  idempotency: Idempotency | undefined,
  agentId: string | null,
): Idempotency | undefined =>
  idempotency === undefined || agentId === null
    ? idempotency
    : { ...idempotency, scope: `${idempotency.scope} as ${agentId}` };

/** As `812/1000`, or `812/unlimited`. */
const usageText = ({ used, limit }: Usage): string => `${used}/${limit ?? 'unlimited'}`;
/** Aborts when the connection closes, answered or not. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}

const bytesOf = (request: FastifyRequest): Buffer | undefined =>
  (request.body as Partial<ParsedBody> | undefined)?.bytes;

function linesOf(request: FastifyRequest): BodyLines {
  const { lines } = request.body as { lines?: BodyLines };
  if (lines === undefined) throw new Error('An operation that takes no lines asked for them.');
  return lines;
}

/** The gate has set it; a handler that runs without is a fault of ours, and must not run as nobody. */
function identityOf(request: FastifyRequest): Identity {
  const { identity } = request.exchange;
  if (identity === undefined) throw new Error('A user operation ran without an identity.');
  return identity;
}

function sendSuccess({ success }: Route, reply: FastifyReply, answer: unknown): void {
  reply.code(success.status);
  if (success.headers !== undefined) reply.headers(success.headers);
  const isText = answer instanceof TextAnswer;
  if (!isText && !(answer instanceof StreamAnswer)) return void reply.send(answer);
  reply.header('content-type', success.contentType ?? 'application/json');
  reply.send(isText ? answer.text : Readable.from(answer.texts));
}
