import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { StellarError } from '../domain/stellar-error.js';
import { CheckoutObject, InvoiceObject, SubscriptionObject } from './lemonsqueezy-shapes.js';

/** Where its API is and how patiently it is asked. */
export interface ClientOptions {
  readonly apiBase: string;
  readonly apiKey: string;
  /** Milliseconds for one attempt. Default 5,000. */
  readonly timeoutMs?: number;
  /** Milliseconds before the second attempt; doubles. Default 250. */
  readonly backoffMs?: number;
  /** Ends every request under way, and refuses later ones. */
  readonly signal?: AbortSignal;
}

/** What is asked of Lemon Squeezy. Errors of all: `unavailable` when it cannot be reached or refuses. */
export interface LemonSqueezy {
  createCheckout(attributes: object, relationships: object): Promise<{ readonly url: string }>;
  /** `undefined` when there is none. */
  subscription(id: string): Promise<SubscriptionObject | undefined>;
  /** `undefined` when there is none. Errors: `conflict` when the change is refused. */
  changeSubscription(id: string, attributes: object): Promise<SubscriptionObject | undefined>;
  /** Every invoice of a subscription. */
  invoices(subscriptionId: string): Promise<InvoiceObject[]>;
}

const attempts = 3;
/** Milliseconds that a Retry-After may hold up; what asks for more is left to the next reconciliation. */
const longestPauseMs = 3_000;
const pageSize = 100;

const Page = z.looseObject({
  data: z.array(InvoiceObject),
  meta: z.looseObject({ page: z.looseObject({ lastPage: z.number().int() }) }),
});

/** A client that gives up in time: the official SDK has a fixed host and waits for ever. */
export function createLemonSqueezy(options: ClientOptions): LemonSqueezy {
  const one = async <Shape extends z.ZodType>(
    shape: Shape,
    method: string,
    path: string,
    body?: object,
  ): Promise<z.output<Shape> | undefined> => {
    const answer = await request(options, method, path, body);
    if (answer === undefined) return undefined;
    return read(shape, read(z.looseObject({ data: z.unknown() }), answer).data);
  };
  return {
    async createCheckout(attributes, relationships) {
      const data = { type: 'checkouts', attributes, relationships };
      const made = await one(CheckoutObject, 'POST', '/v1/checkouts', { data });
      if (made === undefined) throw unavailable('there are no checkouts');
      return { url: made.attributes.url };
    },
    subscription: (id) => one(SubscriptionObject, 'GET', subscriptionPath(id)),
    changeSubscription: (id, attributes) =>
      one(SubscriptionObject, 'PATCH', subscriptionPath(id), {
        data: { type: 'subscriptions', id, attributes },
      }),
    async invoices(subscriptionId) {
      const found: InvoiceObject[] = [];
      for (let number = 1, last = 1; number <= last; number += 1) {
        const answer = await request(options, 'GET', invoicesPath(subscriptionId, number));
        if (answer === undefined) return found;
        const { data, meta } = read(Page, answer);
        found.push(...data);
        last = meta.page.lastPage;
      }
      return found;
    },
  };
}

const subscriptionPath = (id: string): string => `/v1/subscriptions/${encodeURIComponent(id)}`;

const invoicesPath = (subscriptionId: string, number: number): string =>
  `/v1/subscription-invoices?${new URLSearchParams({
    'filter[subscription_id]': subscriptionId,
    'page[size]': `${pageSize}`,
    'page[number]': `${number}`,
  }).toString()}`;

function read<Shape extends z.ZodType>(shape: Shape, answer: unknown): z.output<Shape> {
  const result = shape.safeParse(answer);
  if (!result.success) throw unavailable('an answer that we do not understand', result.error);
  return result.data;
}

/** The answer as JSON; `undefined` for 404. Asks again after 429, 5xx and silence. */
async function request(
  options: ClientOptions,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  let failure: unknown;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (attempt > 0) await wait(failure, (options.backoffMs ?? 250) * 2 ** (attempt - 1), options);
    try {
      const response = await send(options, method, path, body);
      if (response.ok) return await response.json();
      await response.body?.cancel();
      if (response.status === 404) return undefined;
      failure = response;
    } catch (error) {
      failure = error;
    }
    if (failure instanceof Response && !isWorthRepeating(failure)) break;
  }
  throw refusalOf(failure);
}

const send = (
  { apiBase, apiKey, timeoutMs = 5_000, signal }: ClientOptions,
  method: string,
  path: string,
  body?: object,
): Promise<Response> => {
  const deadline = AbortSignal.timeout(timeoutMs);
  return fetch(new URL(path, apiBase), {
    method,
    headers: {
      accept: 'application/vnd.api+json',
      authorization: `Bearer ${apiKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/vnd.api+json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    // The key goes to nobody that an answer names.
    redirect: 'error',
    signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
  });
};

const isWorthRepeating = ({ status }: Response): boolean => status === 429 || status >= 500;

async function wait(failure: unknown, backoffMs: number, { signal }: ClientOptions): Promise<void> {
  const asked = failure instanceof Response ? Number(failure.headers.get('retry-after')) : 0;
  const pauseMs = Number.isFinite(asked) ? Math.max(backoffMs, asked * 1_000) : backoffMs;
  if (pauseMs > longestPauseMs) throw refusalOf(failure);
  await pause(pauseMs, undefined, signal && { signal });
}

/** What a caller is told. The answer of Lemon Squeezy stays here: it may quote a person's data. */
function refusalOf(failure: unknown): StellarError {
  if (!(failure instanceof Response)) return unavailable('no answer', failure);
  if (failure.status === 422)
    return new StellarError('conflict', { detail: 'Lemon Squeezy refuses this change.' });
  return unavailable(`status ${failure.status}`);
}

const unavailable = (what: string, cause?: unknown): StellarError =>
  new StellarError(
    'unavailable',
    { detail: `Lemon Squeezy cannot be asked now: ${what}.`, retryAfterSeconds: 30 },
    cause,
  );
