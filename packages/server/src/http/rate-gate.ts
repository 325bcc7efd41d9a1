import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../auth/identity.js';
import type { RateLimits, RateVerdict } from '../auth/rate-limits.js';
import { StellarError } from '../domain/stellar-error.js';
import { clientAddress, type TrustedProxies } from './client-address.js';
import type { Route } from './route.js';

/** How requests are limited. */
export interface RateOptions {
  readonly limits: RateLimits;
  readonly trustedProxies: TrustedProxies | undefined;
}

/** Charges requests and refuses those beyond the limit. Each answers to whom the limit belongs. */
export interface RateGate {
  /** A request with a valid key: its account's limit, by the route's cost. */
  caller(identity: Identity, reply: FastifyReply): Promise<void>;
  /** A request that no key stands for: the limit of its address. */
  stranger(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

/** The gate of a route. */
export function createRateGate(route: Route, { limits, trustedProxies }: RateOptions): RateGate {
  const cost = route.cost ?? 1;
  return {
    async caller(identity, reply) {
      const verdict = limits.ofCaller(identity, cost);
      if (verdict !== undefined) await pass(verdict, reply);
    },
    async stranger(request, reply) {
      await pass(limits.ofAddress(clientAddress(request, trustedProxies)), reply);
    },
  };
}

/** Refusals that wait at a time, in all: each holds a connection. Those beyond are answered at once. */
const mostWaiting = 1_000;
let waiting = 0;

/** Errors: `rate_limited`. */
async function pass(verdict: RateVerdict, reply: FastifyReply): Promise<void> {
  const { policy, limit, allowed, remaining, waitMs, delayMs } = verdict;
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  reply.header('ratelimit-policy', `"${policy}";q=${limit};w=60`);
  reply.header('ratelimit', `"${policy}";r=${remaining};t=${seconds}`);
  if (allowed) return;
  if (delayMs > 0) await holdBack(delayMs);
  throw new StellarError('rate_limited', {
    detail: `The limit of ${limit} requests a minute for this ${policy} is used up.`,
    retryAfterSeconds: seconds,
  });
}

async function holdBack(delayMs: number): Promise<void> {
  if (waiting >= mostWaiting) return;
  waiting += 1;
  // Who was refused together must not come back together: others would wait behind all of them.
  await delay(delayMs * (0.5 + Math.random() / 2));
  waiting -= 1;
}
