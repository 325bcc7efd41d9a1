import { createHmac } from 'node:crypto';
import type { Clock } from '../domain/clock.js';
import { StellarError } from '../domain/stellar-error.js';
import { countAttempt } from '../storage/statements/attempts.system.js';
import type { SystemDoor } from '../storage/system-door.system.js';

/** What limits are counted with. */
export interface AttemptOptions {
  readonly system: SystemDoor;
  /** STELLAR_SECRET. */
  readonly secret: string;
  readonly clock: Clock;
}

/** What is limited: how often within which time. */
export interface AttemptLimit {
  readonly kind: string;
  readonly tries: number;
  readonly windowSeconds: number;
}

/**
 * Counts a try of `subject` on all nodes together, in a transaction of its own: what fails afterwards was tried all
 * the same. Resolves to whether it was within the limit.
 */
export async function isWithinLimit(
  { system, secret, clock }: AttemptOptions,
  { kind, tries: allowed, windowSeconds }: AttemptLimit,
  subject: string,
): Promise<{ readonly allowed: boolean; readonly retryAfterSeconds: number }> {
  const nowMs = clock.nowMs();
  const subjectHash = createHmac('sha256', secret)
    .update(`attempt ${kind} ${subject}`)
    .digest('hex');
  const { tries, endsAt } = await system.asSystem((tx) =>
    countAttempt(tx, { subjectHash, now: new Date(nowMs), windowSeconds }),
  );
  const retryAfterSeconds = Math.max(1, Math.ceil((endsAt.getTime() - nowMs) / 1_000));
  return { allowed: tries <= allowed, retryAfterSeconds };
}

/** The same for what is told of its limit. Errors: `rate_limited`. */
export async function refuseBeyond(
  options: AttemptOptions,
  limit: AttemptLimit,
  subject: string,
): Promise<void> {
  const { allowed, retryAfterSeconds } = await isWithinLimit(options, limit, subject);
  if (!allowed)
    throw new StellarError('rate_limited', {
      detail: `This may be tried ${limit.tries} times in ${limit.windowSeconds / 60} minutes.`,
      retryAfterSeconds,
    });
}
