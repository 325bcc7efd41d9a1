import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../auth/identity.js';
import { asAgent } from '../memory/as-agent.js';
import { contextAsAgent } from '../memory/context-as-agent.js';
import type { Idempotency } from '../memory/memory-service.js';
import type { Usage } from '../memory/quota.js';
import { type BodyLines } from './body-lines.js';
import { clientAddress } from './client-address.js';
import { ifMatchOf, quoteTag } from './entity-tag.js';
import { idempotencyOf } from './idempotency-key.js';
import { type ParsedBody } from './json-body.js';
import type { AnyCall, Route, UserCall } from './route.js';
import type { BillingParts, RouteServices, SignInParts } from './route-services.js';
import { sessionCookie } from './session-cookie.js';

/** Makes what a handler is called with. */
type CreateCall = (request: FastifyRequest, reply: FastifyReply) => AnyCall;

/** What a handler is called with, by the route's policy. */
export function callFactory(route: Route, services: RouteServices): CreateCall {
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
