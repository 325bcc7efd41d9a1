import { type OpenBilling, openBilling } from '../../src/app/billing.js';
import { createServices } from '../../src/app/services.js';
import { createHttpServer } from '../../src/http/http-server.js';
import { createLogger } from '../../src/http/logger.js';
import { type Answer, jsonBody, send } from '../http/support/exchange.js';
import type { TestDatabase } from '../support/engines.js';
import type { FakeLemonSqueezy } from './fake/fake-lemonsqueezy.js';

export const operatorToken = 'operator-token-of-a-billing-node';
export const webhookSecret = 'webhook-secret-of-the-tests';
export const apiKey = 'api-key-of-the-tests';
export const storeId = 77;
export const variants = { pro: 101, promax: 102 } as const;

/** A clock that a test sets. */
export interface TestClock {
  now: number;
  readonly nowMs: () => number;
}

/** A node of the service, with a cache of its own. */
export interface BillingNode {
  readonly url: string;
  readonly billing: OpenBilling;
  readonly log: readonly string[];
  readonly close: () => Promise<void>;
}

/** Starts a node that sells; several over one database are one service. */
export async function startBillingNode(
  db: TestDatabase,
  { fake, clock, port = 0 }: { fake: FakeLemonSqueezy; clock: TestClock; port?: number },
): Promise<BillingNode> {
  const log: string[] = [];
  const logger = createLogger('info', { write: (line) => void log.push(line) });
  const secret = 'a secret of the test, longer than 32 bytes';
  const services = createServices({ database: db.database, secret, storage: 'a test' }, logger);
  const config = {
    publicUrl: 'https://memory.example.com',
    lemonSqueezyApiKey: apiKey,
    lemonSqueezyStoreId: `${storeId}`,
    lemonSqueezyWebhookSecret: webhookSecret,
    lemonSqueezyVariantPro: `${variants.pro}`,
    lemonSqueezyVariantPromax: `${variants.promax}`,
    lemonSqueezyTestMode: false,
    lemonSqueezyApiBase: fake.origin,
  };
  const billing = openBilling(config, db.database, clock, logger);
  if (billing === undefined) throw new Error('nothing is sold');
  const http = createHttpServer({
    ...services,
    config: { host: '127.0.0.1', port, version: '1.1.0' },
    admin: { accounts: services.accounts, token: operatorToken },
    billing,
    logger,
  });
  const { url } = await http.listen();
  return {
    url,
    billing,
    log,
    async close() {
      await http.close();
      await billing.idle();
      await services.index.close();
      await services.memories.flush();
      await services.authenticator.flush();
    },
  };
}

/** An account as its owner uses it: over HTTP, on any node, with one key. */
export class Customer {
  readonly userId: string;
  readonly #key: string;

  private constructor(userId: string, key: string) {
    this.userId = userId;
    this.#key = key;
  }

  static async signUp(node: BillingNode): Promise<Customer> {
    const headers = { authorization: `Bearer ${operatorToken}` };
    const body = { email: `${crypto.randomUUID()}@example.com` };
    const { json } = await send(`${node.url}/admin/users`, jsonBody(body, headers));
    const { user_id, api_key } = json as { user_id: string; api_key: string };
    return new Customer(user_id, api_key);
  }

  get(node: BillingNode, path: string): Promise<Answer> {
    return send(node.url + path, { headers: { 'x-api-key': this.#key } });
  }

  post(node: BillingNode, path: string, body: unknown): Promise<Answer> {
    return send(node.url + path, jsonBody(body, { 'x-api-key': this.#key }));
  }

  delete(node: BillingNode, path: string): Promise<Answer> {
    return send(node.url + path, { method: 'DELETE', headers: { 'x-api-key': this.#key } });
  }

  /** The account's tier and its subscription's status, as a node answers them. */
  async tier(node: BillingNode): Promise<{ tier: string; status: string | undefined }> {
    const { json } = await this.get(node, '/billing/subscription');
    const { tier, subscription } = json as {
      tier: string;
      subscription: { status: string } | null;
    };
    return { tier, status: subscription?.status };
  }

  /** The address of a new checkout. */
  async checkout(node: BillingNode, tier: 'pro' | 'promax'): Promise<string> {
    const { status, json } = await this.post(node, '/billing/lemonsqueezy/checkout', { tier });
    if (status !== 201) throw new Error(`the checkout answered ${status}`);
    return (json as { url: string }).url;
  }
}

/** A buyer pays at a checkout; answers the id of his subscription. */
export async function buy(checkoutUrl: string, custom?: unknown): Promise<number> {
  const { json } = await send(
    `${checkoutUrl}/buy`,
    jsonBody(custom === undefined ? {} : { custom }),
  );
  return Number((json as { data: { id: string } }).data.id);
}
