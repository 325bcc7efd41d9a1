import type { Identity } from '../auth/identity.js';
import type { StellarError } from '../domain/stellar-error.js';
import type { Route } from './route.js';

/** What is known of one request while it is served; the log and the metrics read it at the end. */
export interface Exchange {
  /** Unset for a path that no route has. */
  route: Route | undefined;
  /** Unset until a key has proved it. */
  identity: Identity | undefined;
  /** Set when it was refused or went wrong. */
  failure: StellarError | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    exchange: Exchange;
  }
}
