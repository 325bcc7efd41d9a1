import type { Server } from 'node:http';
import type { Logger } from 'pino';
import type { AdminService, ApiKeyService } from '../auth/account-service.js';
import type { Authenticator } from '../auth/identity.js';
import type { Clock } from '../domain/clock.js';
import type { MemoryService } from '../memory/memory-service.js';
import type { Readiness } from './readiness.js';

/** Where and how to listen. Times have defaults that suit production; tests shorten them. */
export interface HttpConfig {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Version of the product, shown in the OpenAPI document. */
  readonly version: string;
  /** Address under which clients reach the server. Never taken from a Host header. */
  readonly publicUrl?: string | undefined;
  /** A request that has not arrived whole by then is refused and its connection closed. Default 12,000. */
  readonly requestTimeoutMs?: number;
  /** How long close() keeps accepting while /readyz says 503, so that balancers turn away. Default 0. */
  readonly drainDelayMs?: number;
  /** How long close() waits for requests that are being answered. Default 20,000. */
  readonly drainTimeoutMs?: number;
}

/** What the HTTP server needs. app.ts wires it. */
export interface HttpServerOptions {
  readonly config: HttpConfig;
  readonly memories: MemoryService;
  readonly authenticator: Authenticator;
  readonly apiKeys: ApiKeyService;
  /** Absent: there is no /admin. */
  readonly admin?: { readonly accounts: AdminService; readonly token: string } | undefined;
  readonly readiness: Readiness;
  readonly logger: Logger;
  readonly clock: Clock;
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
