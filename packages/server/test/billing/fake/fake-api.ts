import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import type { FakeStore, Happening } from './fake-store.js';
import { checkoutResource, invoiceResource, subscriptionResource } from './objects.js';

/** What is wrong with the next answers. */
export type Fault = 'rate-limited' | 'bad-gateway' | 'slow' | 'cut';

interface JsonApiAnswer {
  readonly status: number;
  readonly body: object;
}

type Handler = (
  match: RegExpExecArray,
  url: URL,
  request: IncomingMessage,
) => Promise<JsonApiAnswer>;

/** The API of the fake, JSON:API as Lemon Squeezy speaks it, and what a buyer and the dashboard do. */
export class FakeApi {
  readonly #store: FakeStore;
  readonly #apiKey: string;
  /** Taken one by one by the next requests to the API. */
  readonly faults: Fault[] = [];
  /** Requests to the API so far, faults among them. */
  requests = 0;

  constructor(store: FakeStore, apiKey: string) {
    this.#store = store;
    this.#apiKey = apiKey;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.#store.shop.origin);
    const isApi = url.pathname.startsWith('/v1/');
    if (isApi && this.#isFaulty(request, response)) return;
    const { status, body } = await this.#route(request, url, isApi);
    response.writeHead(status, { 'content-type': 'application/vnd.api+json' });
    response.end(JSON.stringify(body));
  }

  #isFaulty(request: IncomingMessage, response: ServerResponse): boolean {
    this.requests += 1;
    const fault = this.faults.shift();
    if (fault === 'slow') return true; // never answers: whoever asked has to give up
    if (fault === 'cut') request.socket.destroy();
    if (fault === 'rate-limited')
      response.writeHead(429, { 'retry-after': '0' }).end('{"errors":[{"status":"429"}]}');
    if (fault === 'bad-gateway') response.writeHead(502).end('<html>Bad Gateway</html>');
    return fault !== undefined;
  }

  async #route(request: IncomingMessage, url: URL, isApi: boolean): Promise<JsonApiAnswer> {
    if (isApi && request.headers.authorization !== `Bearer ${this.#apiKey}`)
      return failure(401, 'Unauthenticated.');
    for (const [method, pattern, handler] of this.#handlers) {
      const match = request.method === method ? pattern.exec(url.pathname) : null;
      if (match !== null) return handler(match, url, request);
    }
    return failure(404, 'The requested resource was not found.');
  }

  readonly #handlers: readonly [string, RegExp, Handler][] = [
    ['POST', /^\/v1\/checkouts$/, async (_match, _url, request) => this.#createCheckout(request)],
    ['GET', /^\/v1\/subscriptions\/(\d+)$/, async ([, id]) => this.#subscription(id)],
    ['PATCH', /^\/v1\/subscriptions\/(\d+)$/, ([, id], _url, request) => this.#patch(id, request)],
    ['GET', /^\/v1\/subscription-invoices$/, async (_match, url) => this.#invoices(url)],
    // Not of the API: the buyer at the checkout, and the store's dashboard.
    [
      'POST',
      /^\/checkout\/custom\/([\w-]+)\/buy$/,
      ([, id], _url, request) => this.#buy(id, request),
    ],
    [
      'POST',
      /^\/dashboard\/subscriptions\/(\d+)\/([\w-]+)$/,
      async ([, id, what]) => this.#happen(id, what),
    ],
  ];

  async #createCheckout(request: IncomingMessage): Promise<JsonApiAnswer> {
    const { data } = (await json(request)) as CheckoutRequest;
    const { attributes, relationships } = data;
    if (relationships.store.data.id !== `${this.#store.shop.storeId}`)
      return failure(404, 'The related resource does not exist.');
    const made = this.#store.addCheckout({
      variantId: Number(relationships.variant.data.id),
      enabledVariants: attributes.product_options?.enabled_variants ?? [],
      custom: attributes.checkout_data?.custom ?? [],
      expiresAt: attributes.expires_at ?? null,
    });
    return { status: 201, body: { data: checkoutResource(made, this.#store.shop) } };
  }

  #subscription(id: string | undefined): JsonApiAnswer {
    const held = this.#store.subscriptions.get(Number(id));
    if (held === undefined) return failure(404, 'The requested resource was not found.');
    return { status: 200, body: { data: subscriptionResource(held, this.#store.shop) } };
  }

  async #patch(id: string | undefined, request: IncomingMessage): Promise<JsonApiAnswer> {
    const { data } = (await json(request)) as PatchRequest;
    const held = this.#store.subscriptions.get(Number(id));
    if (held === undefined) return failure(404, 'The requested resource was not found.');
    if (held.status === 'expired')
      return failure(422, 'An expired subscription cannot be changed.');
    const { cancelled, variant_id } = data.attributes;
    if (cancelled === true && held.status !== 'cancelled') this.#store.happen(held, 'cancel');
    if (cancelled === false && held.status === 'cancelled') this.#store.happen(held, 'resume');
    if (variant_id !== undefined && variant_id !== held.variantId)
      this.#store.changeVariant(held, variant_id);
    return this.#subscription(id);
  }

  /** Two a page, so that whoever reads pages has to turn them. */
  #invoices(url: URL): JsonApiAnswer {
    const id = Number(url.searchParams.get('filter[subscription_id]'));
    const page = Number(url.searchParams.get('page[number]') ?? 1);
    const all = this.#store.invoices.filter(({ subscriptionId }) => subscriptionId === id);
    const data = all
      .slice((page - 1) * 2, page * 2)
      .map((invoice) => invoiceResource(invoice, this.#store.shop));
    const lastPage = Math.max(1, Math.ceil(all.length / 2));
    return { status: 200, body: { meta: { page: { currentPage: page, lastPage } }, data } };
  }

  async #buy(id: string | undefined, request: IncomingMessage): Promise<JsonApiAnswer> {
    const checkout = this.#store.checkouts.get(id ?? '');
    if (checkout === undefined) return failure(404, 'No such checkout.');
    const { custom } = (await json(request)) as { custom?: unknown };
    const made = this.#store.buy(checkout, custom ?? checkout.custom);
    return { status: 201, body: { data: subscriptionResource(made, this.#store.shop) } };
  }

  #happen(id: string | undefined, what: string | undefined): JsonApiAnswer {
    const held = this.#store.subscriptions.get(Number(id));
    if (held === undefined) return failure(404, 'No such subscription.');
    const done = this.#store.happen(held, what as Happening);
    return done ? this.#subscription(id) : failure(422, 'That cannot happen now.');
  }
}

const failure = (status: number, detail: string): JsonApiAnswer => ({
  status,
  body: { jsonapi: { version: '1.0' }, errors: [{ status: `${status}`, detail }] },
});

interface Related {
  readonly data: { readonly type: string; readonly id: string };
}
interface CheckoutRequest {
  readonly data: {
    readonly attributes: {
      readonly product_options?: { readonly enabled_variants?: number[] };
      readonly checkout_data?: { readonly custom?: unknown };
      readonly expires_at?: string;
    };
    readonly relationships: { readonly store: Related; readonly variant: Related };
  };
}
interface PatchRequest {
  readonly data: {
    readonly attributes: { readonly cancelled?: boolean; readonly variant_id?: number };
  };
}
