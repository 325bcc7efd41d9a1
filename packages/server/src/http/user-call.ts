import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiKeyService } from '../auth/account-service.js';
import type { AuditService } from '../auth/audit-service.js';
import type { DeviceService } from '../auth/device-service.js';
import type { Identity } from '../auth/identity.js';
import type { SignInService } from '../auth/sign-in-service.js';
import type { BillingService } from '../billing/billing-service.js';
import type { UserId } from '../domain/ids.js';
import { asAgent } from '../memory/as-agent.js';
import { contextAsAgent } from '../memory/context-as-agent.js';
import type { ContextService } from '../memory/context-service.js';
import type { LifeService } from '../memory/life-service.js';
import type { Idempotency, MemoryService } from '../memory/memory-service.js';
import type { Usage } from '../memory/quota.js';
import type { UsageService } from '../memory/read-usage.js';
import type { TransferService } from '../memory/transfer-service.js';
import type { SyncService } from '../sync/sync-service.js';
import type { BodyLines } from './body-lines.js';
import { ifMatchOf, quoteTag } from './entity-tag.js';
import { idempotencyOf } from './idempotency-key.js';
import type { ParsedBody } from './json-body.js';
import type { Route, UserCall } from './route.js';
import { billingOf, type RouteServices, signInOf } from './route-services.js';

/**
 * What a user's operation is called with. Most operations take few of it, so most is made when it is asked for.
 *
 * A class, because an object literal with getters gets a hidden class of its own each time, which V8 keeps until its
 * next full collection, and with it the request, its answer and all between (docs/adr/cost-of-a-store.md).
 */
export class RequestOfUser implements UserCall {
  readonly userId: UserId;
  readonly identity: Identity;
  readonly idempotency: Idempotency | undefined;
  readonly ifMatch: string | undefined;
  readonly #services: RouteServices;
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;

  /** Errors: `bad_request` for a malformed Idempotency-Key or If-Match, and for one that the route does not take. */
  constructor(route: Route, services: RouteServices, request: FastifyRequest, reply: FastifyReply) {
    this.#services = services;
    this.#request = request;
    this.#reply = reply;
    this.identity = identityOf(request);
    const { userId, agentId } = this.identity;
    const { headers } = request;
    this.userId = userId;
    this.idempotency = ofAgent(
      idempotencyOf(route, headers, request.url, bytesOf(request)),
      agentId,
    );
    this.ifMatch = route.conditional === true ? ifMatchOf(headers['if-match']) : undefined;
  }

  get memories(): MemoryService {
    const { agentId } = this.identity;
    const { memories } = this.#services;
    return agentId === null ? memories : asAgent(memories, agentId);
  }

  get context(): ContextService {
    const { agentId } = this.identity;
    const { context } = this.#services;
    return agentId === null ? context : contextAsAgent(context, agentId);
  }

  get life(): LifeService {
    return this.#services.life;
  }

  get apiKeys(): ApiKeyService {
    return this.#services.apiKeys;
  }

  get billing(): BillingService {
    return billingOf(this.#services).service;
  }

  get usage(): UsageService {
    return this.#services.usage;
  }

  get transfer(): TransferService {
    return this.#services.transfer;
  }

  get audit(): AuditService {
    return this.#services.audit;
  }

  get signIn(): SignInService {
    return signInOf(this.#services).service;
  }

  get devices(): DeviceService {
    return signInOf(this.#services).devices;
  }

  get sync(): SyncService {
    return this.#services.sync;
  }

  get lines(): BodyLines {
    return linesOf(this.#request);
  }

  get signal(): UserCall['signal'] {
    return () => goneSignal(this.#reply);
  }

  get lastEventId(): string | undefined {
    return this.#request.headers['last-event-id'] as string | undefined;
  }

  get setEtag(): UserCall['setEtag'] {
    return (tag) => void this.#reply.header('etag', quoteTag(tag));
  }

  get setUsage(): UserCall['setUsage'] {
    return ({ memories, agents, seq }) => {
      this.#reply.header('x-usage-memories', usageText(memories));
      this.#reply.header('x-usage-agents', usageText(agents));
      this.#reply.header('x-sync-seq', seq);
    };
  }

  get setNextCursor(): UserCall['setNextCursor'] {
    return (cursor) => {
      if (cursor !== undefined) this.#reply.header('x-next-cursor', cursor);
    };
  }

  get setDegraded(): UserCall['setDegraded'] {
    return (part) => void this.#reply.header('x-degraded', part);
  }
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

/** The body as it came; absent without one, and for lines. */
export const bytesOf = (request: FastifyRequest): Buffer | undefined =>
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
