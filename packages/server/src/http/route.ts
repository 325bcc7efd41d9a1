import type { ErrorCode, Scope } from '@stellar-memory/protocol';
import { z } from 'zod';
import type { AdminService, ApiKeyService } from '../auth/account-service.js';
import type { AuditService } from '../auth/audit-service.js';
import type { DeviceService } from '../auth/device-service.js';
import type { Identity } from '../auth/identity.js';
import type { SignInService } from '../auth/sign-in-service.js';
import type { BillingService, Delivery, WebhookReceiver } from '../billing/billing-service.js';
import type { UserId } from '../domain/ids.js';
import type { ContextService } from '../memory/context-service.js';
import type { LifeService } from '../memory/life-service.js';
import type { Idempotency, MemoryService, StoreUsage } from '../memory/memory-service.js';
import type { UsageService } from '../memory/read-usage.js';
import type { TransferService } from '../memory/transfer-service.js';
import type { SyncService } from '../sync/sync-service.js';
import type { BodyLines } from './body-lines.js';
import type { HealthProbe } from './readiness.js';

/**
 * Who may call: everyone, the operator with his token, a sender who signs his body, a visitor who
 * signs in, or a user with a key that has the scope or in person.
 * There is no default, so a route without a policy does not type-check.
 */
export type Access = 'open' | 'operator' | 'signed' | 'visitor' | { readonly scope: Scope };

/** What an open operation reaches: nothing of any tenant. */
export interface OpenCall extends OpenService {
  /** As the browser says which languages its user reads. */
  readonly acceptLanguage: string | undefined;
}

/** The part of it that is the same for every request. */
export interface OpenService {
  readonly health: HealthProbe;
  readonly isDraining: () => boolean;
  readonly metrics: { expose(): string };
  readonly reference: Reference;
}

/** The API's description, made once when the server starts. */
export interface Reference {
  /** The OpenAPI document as JSON. */
  readonly openApi: string;
  /** The same as an HTML page. */
  readonly page: string;
}

/** An answer that is text already: sent as it is, with the content type that the route names. */
export class TextAnswer {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** An answer that is sent while it is made, as fast as it is taken. */
export class StreamAnswer {
  readonly texts: AsyncIterable<string>;

  private constructor(texts: AsyncIterable<string>) {
    this.texts = texts;
  }

  /** Waits for the first text, so that what fails before it is answered as a problem. */
  static async begin(texts: AsyncIterable<string>): Promise<StreamAnswer> {
    const rest = texts[Symbol.asyncIterator]();
    const first = await rest.next();
    return new StreamAnswer(
      (async function* () {
        if (first.done !== true) yield first.value;
        yield* { [Symbol.asyncIterator]: () => rest };
      })(),
    );
  }
}

/** What an operator's operation reaches: accounts, no memory. */
export interface OperatorCall {
  readonly accounts: AdminService;
}

/** What an operation reaches whose sender signs the body: it gets the bytes, and nothing was read of them. */
export interface SignedCall {
  readonly webhooks: WebhookReceiver;
  readonly delivery: Delivery;
}

/** What a visitor's operation reaches: he has no account here until he has proved one. */
export interface VisitorCall {
  readonly signIn: SignInService;
  readonly devices: DeviceService;
  /** Where he comes from, as far as trusted proxies say so; unknown where nobody is limited. */
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
  /** Gives the browser its session. */
  readonly setSession: (token: string, maxAgeSeconds: number) => void;
}

/** What a user's operation reaches, and for whom: the id comes from the key and from nowhere else (FR-04). */
export interface UserCall {
  readonly userId: UserId;
  /** The same, with the key that proved it. */
  readonly identity: Identity;
  /** Only those of one agent when the key is bound to it. */
  readonly memories: MemoryService;
  /** Likewise. */
  readonly context: ContextService;
  /** Those of every agent. */
  readonly life: LifeService;
  readonly apiKeys: ApiKeyService;
  readonly billing: BillingService;
  readonly usage: UsageService;
  readonly transfer: TransferService;
  readonly audit: AuditService;
  readonly signIn: SignInService;
  /** Lines of the body, when the operation takes them. */
  readonly lines: BodyLines;
  readonly devices: DeviceService;
  readonly sync: SyncService;
  /** Aborts when the client has gone before its answer. */
  readonly signal: () => AbortSignal;
  /** Last-Event-ID, as a browser sends it when it comes back to a stream. */
  readonly lastEventId: string | undefined;
  /** Set when the operation is `idempotent` and the client sent a key. */
  readonly idempotency: Idempotency | undefined;
  /** Entity tag of If-Match, when the operation takes one and the client demands a version. */
  readonly ifMatch: string | undefined;
  /** Sends the version of what is answered as ETag. */
  readonly setEtag: (tag: string) => void;
  /** Sends what is in use after a write as X-Usage-Memories and X-Usage-Agents. */
  readonly setUsage: (usage: StoreUsage) => void;
  /** Sends the cursor of the next page as X-Next-Cursor; nothing when there is none. */
  readonly setNextCursor: (cursor: string | undefined) => void;
  /** Says that a part of the service was missing, and the answer is right but not as good as it could be. */
  readonly setDegraded: (part: string) => void;
}

type CallOf<A extends Access> = A extends 'open'
  ? OpenCall
  : A extends 'operator'
    ? OperatorCall
    : A extends 'signed'
      ? SignedCall
      : A extends 'visitor'
        ? VisitorCall
        : UserCall;

/** The call of any policy. */
export type AnyCall = OpenCall | OperatorCall | SignedCall | VisitorCall | UserCall;

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** What the client sent, checked. */
export interface Input<Params = unknown, Query = unknown, Body = unknown> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

/** The query of an operation that takes none: anything is one too many. */
export const noParameters = z.strictObject({});

/** What the operation answers when it succeeds. */
interface Success<Answer extends z.ZodType> {
  readonly status: 200 | 201;
  readonly description: string;
  readonly schema: Answer;
  readonly example?: z.output<Answer>;
  /** Sends the version as ETag. */
  readonly etag?: true;
  /** Sends the cursor of the next page as X-Next-Cursor. */
  readonly nextCursor?: true;
  /** Sends what is in use as X-Usage-Memories and X-Usage-Agents. */
  readonly usage?: true;
  /** May send X-Degraded. */
  readonly degraded?: true;
  /** Default `application/json`. */
  readonly contentType?: string;
  /** Overrides of the headers that every answer has. */
  readonly headers?: Readonly<Record<string, string>>;
}

interface Described {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Template with names in braces, as OpenAPI writes it. */
  readonly path: `/${string}`;
  readonly operationId: string;
  readonly tag:
    | 'Memories'
    | 'Sync'
    | 'API keys'
    | 'Account'
    | 'Billing'
    | 'Operator'
    | 'Service'
    | 'Sign-in';
  readonly summary: string;
  readonly description?: string;
  /**
   * A key that is bound to an agent may call it, and acts as that agent only. Without it such keys are refused, so that
   * an operation that reaches memories of every agent is closed to them unless somebody decides otherwise.
   */
  readonly boundKeys?: true;
  /** Requests of the rate limit that one call counts as. Default 1. */
  readonly cost?: number;
  /** An open operation that probes ask all the time: no limit by address. */
  readonly unlimited?: true;
  /** Takes an Idempotency-Key. */
  readonly idempotent?: true;
  /** Takes a body of any length, one object a line as this schema says, and reads it itself. */
  readonly lines?: z.ZodType;
  /** Takes If-Match. */
  readonly conditional?: true;
  /** Codes of its own, beside those that follow from access, parameters and body. */
  readonly errors?: readonly ErrorCode[];
}

type OwnAnswer = TextAnswer | StreamAnswer;

interface Definition<
  A extends Access,
  Params extends z.ZodObject | undefined,
  Query extends z.ZodType | undefined,
  Body extends z.ZodType | undefined,
  Answer extends z.ZodType,
> extends Described {
  readonly access: A;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** A request body for the reference page. */
  readonly bodyExample?: Body extends z.ZodType ? z.input<Body> : never;
  readonly success: Success<Answer>;
  readonly handler: (
    call: CallOf<A>,
    input: Input<Parsed<Params>, Parsed<Query>, Parsed<Body>>,
  ) => Promise<z.input<Answer> | OwnAnswer> | z.input<Answer> | OwnAnswer;
}

/** An operation as the server, the OpenAPI document and the isolation matrix read it. */
export interface Route extends Described {
  readonly access: Access;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly bodyExample?: unknown;
  readonly success: Success<z.ZodType>;
  /** Must be given the call that belongs to `access`: `mountRoute` does. */
  readonly handler: (call: AnyCall, input: Input) => unknown;
}

/**
 * Defines one operation: what it is called, who may call it, what it takes, answers and does.
 *
 * @example
 * export const stats = defineRoute({
 *   method: 'GET', path: '/api/v1/stats', operationId: 'stats', tag: 'Memories',
 *   summary: 'Counts by zone',
 *   access: { scope: 'read' },
 *   success: { status: 200, description: 'The counts', schema: StatsResponse },
 *   handler: ({ memories, userId }) => memories.stats(userId),
 * });
 */
export function defineRoute<
  const A extends Access,
  Answer extends z.ZodType,
  Params extends z.ZodObject | undefined = undefined,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(definition: Definition<A, Params, Query, Body, Answer>): Route {
  return definition as unknown as Route;
}
