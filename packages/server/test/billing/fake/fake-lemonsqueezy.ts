import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Deliveries } from './deliveries.js';
import { FakeApi } from './fake-api.js';
import { FakeStore } from './fake-store.js';

/** How the fake is set up. */
export interface FakeOptions {
  /** Where its webhooks go. */
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  readonly apiKey: string;
  readonly storeId: number;
  readonly testMode?: boolean;
  /** 0 takes any free port. Default 0. */
  readonly port?: number;
  /** Factor on the retry schedule of 5, 25 and 125 s. Default 1. */
  readonly retryScale?: number;
  /** The store's time in milliseconds when it opens. Default now. */
  readonly startMs?: number;
}

/** A running fake. */
export interface FakeLemonSqueezy {
  /** For LEMONSQUEEZY_API_BASE. */
  readonly origin: string;
  readonly store: FakeStore;
  readonly api: FakeApi;
  readonly deliveries: Deliveries;
  close(): Promise<void>;
}

/** Starts a Lemon Squeezy of our own on loopback: API, checkout, dashboard and webhooks. */
export async function startFakeLemonSqueezy(options: FakeOptions): Promise<FakeLemonSqueezy> {
  const { webhookUrl, webhookSecret, apiKey, storeId } = options;
  const server = createServer();
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const deliveries = new Deliveries(webhookUrl, webhookSecret, options.retryScale ?? 1);
  const shop = { origin, storeId, testMode: options.testMode ?? false };
  const store = new FakeStore(shop, deliveries, options.startMs ?? Date.now());
  const api = new FakeApi(store, apiKey);
  server.on('request', (request, response) => {
    api.answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  return {
    origin,
    store,
    api,
    deliveries,
    async close() {
      await deliveries.stop();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
