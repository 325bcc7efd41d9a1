import type { Server } from 'node:http';
import type { Logger } from 'pino';
import type { AdminService, ApiKeyService } from '../auth/account-service.js';
import type { AuditService } from '../auth/audit-service.js';
import type { Authenticator } from '../auth/identity.js';
import type { SyncTickets } from '../auth/sync-tickets.system.js';
import type { Clock } from '../domain/clock.js';
import type { ContextService } from '../memory/context-service.js';
import type { LifeService } from '../memory/life-service.js';
import type { MemoryService } from '../memory/memory-service.js';
import type { UsageService } from '../memory/read-usage.js';
import type { TransferService } from '../memory/transfer-service.js';
import type { SyncService } from '../sync/sync-service.js';
import { createApp } from './app-instance.js';
import { limitBodies, requestDeadlines } from './body-deadline.js';
import { Drain } from './drain.js';
import { FairTurns } from './fair-turns.js';
import type { HttpConfig } from './http-config.js';
import { mountRoute } from './mount-route.js';
import { refuseUnknownPaths } from './not-found.js';
import { observeRequests, observeUnrouted } from './observe.js';
import { openApiDocument } from './open-api.js';
import type { RateOptions } from './rate-gate.js';
import { HealthProbe, type Readiness } from './readiness.js';
import { referencePage } from './reference-page.js';
import { RequestMetrics } from './request-metrics.js';
import type { OpenService, Reference, Route } from './route.js';
import type { BillingParts, SignInParts } from './route-services.js';
import { routes as everyRoute } from './routes.js';
import { applyHttpRules } from './standard-headers.js';
import { acceptSockets, type UpgradeOptions } from './sync-upgrade.js';

/** What the HTTP server needs. app.ts wires it. */
export interface HttpServerOptions {
  readonly config: HttpConfig;
  readonly memories: MemoryService;
  readonly context: ContextService;
  readonly life: LifeService;
  readonly authenticator: Authenticator;
  readonly apiKeys: ApiKeyService;
  readonly usage: UsageService;
  readonly transfer: TransferService;
  readonly audit: AuditService;
  /** Absent: nobody is limited. */
  readonly rates?: RateOptions | undefined;
  readonly sync: SyncService;
  /** Absent, with `tickets`: no WebSockets. */
  readonly sockets?: UpgradeOptions['sockets'] | undefined;
  readonly tickets?: SyncTickets | undefined;
  /** Absent: there is no /admin. */
  readonly admin?: { readonly accounts: AdminService; readonly token: string } | undefined;
  /** Absent: nothing is sold. */
  readonly billing?: BillingParts | undefined;
  /** Absent: nobody signs in. */
  readonly signIn?: SignInParts | undefined;
  readonly readiness: Readiness;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Lines for `/metrics` beside those about requests, in Prometheus' text format. */
  readonly moreMetrics?: () => readonly string[];
}

/** The HTTP server: listen, then close. */
export interface HttpServer {
  /** Node's server, for WebSocket upgrades. */
  readonly server: Server;
  /** Resolves to the address that clients on this machine reach. */
  listen(): Promise<{ readonly url: string; readonly port: number }>;
  /** Drains: /readyz says 503, nothing new is accepted, what runs is answered, then all is closed. */
  close(): Promise<void>;
}

/**
 * Makes the HTTP server of all operations. It listens when told to.
 * Errors: none here; `listen` rejects when the address cannot be had.
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { config, logger } = options;
  const routes = everyRoute.filter(
    ({ access, tag }) =>
      (access !== 'operator' || options.admin !== undefined) &&
      (tag !== 'Billing' || options.billing !== undefined) &&
      (tag !== 'Sign-in' || options.signIn !== undefined),
  );
  const turns = new FairTurns(options.clock);
  const metrics = new RequestMetrics(() => [
    ...turns.metrics(),
    ...(options.moreMetrics?.() ?? []),
  ]);
  const app = createApp(config, logger, observeUnrouted(logger, metrics));
  limitBodies(app, requestDeadlines(config).bodyMs);
  const drain = new Drain(app, config);
  observeRequests(app, logger, metrics);
  applyHttpRules(app);
  refuseUnknownPaths(app, routes);
  const open: OpenService = {
    health: new HealthProbe(options.readiness, options.clock),
    isDraining: () => drain.hasBegun,
    metrics,
    reference: describe(routes, config),
  };
  const operator = options.admin;
  for (const route of routes)
    mountRoute(app, route, { ...options, turns, publicUrl: config.publicUrl, open, operator });
  const { sockets, tickets } = options;
  if (sockets !== undefined && tickets !== undefined)
    acceptSockets(app.server, {
      ...options,
      turns,
      sockets,
      tickets,
      sessions: options.signIn?.sessions,
      publicUrl: config.publicUrl,
      metrics,
    });
  return {
    server: app.server,
    listen: async () => {
      await app.listen({ host: config.host, port: config.port });
      return addressOf(app.server, config.host);
    },
    close: () => drain.run(),
  };
}

function describe(routes: readonly Route[], { version, publicUrl, port }: HttpConfig): Reference {
  const document = openApiDocument(routes, { version, publicUrl });
  const baseUrl = publicUrl ?? `http://127.0.0.1:${port}`;
  return { openApi: JSON.stringify(document), page: referencePage(document, baseUrl) };
}

function addressOf(server: Server, host: string): { url: string; port: number } {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('The server listens on no TCP port.');
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${name}:${address.port}`, port: address.port };
}
