import { RateLimits } from '../auth/rate-limits.js';
import { createRateSharing } from '../auth/rate-sharing.system.js';
import type { Clock } from '../domain/clock.js';
import type { SystemDoor } from '../storage/system-door.system.js';

/** This node's limits, and what makes them those of all nodes. */
export interface Limiter {
  readonly limits: RateLimits;
  /** Tells the other nodes what was charged here and learns what was charged there. */
  share(): Promise<void>;
}

/** Wires both; whether anybody is limited is the HTTP server's to know. */
export function createLimiter(system: SystemDoor, clock: Clock): Limiter {
  const limits = new RateLimits(clock);
  return { limits, share: createRateSharing(limits, system) };
}
