import { createHmac, timingSafeEqual } from 'node:crypto';
import type { VerifyRequest } from '@stellar-memory/protocol';
import type { Clock } from '../domain/clock.js';
import { StellarError } from '../domain/stellar-error.js';
import { countTry } from '../storage/statements/sign-in-requests.system.js';
import type { SystemDoor } from '../storage/system-door.system.js';

/** What the proof of a mailbox needs. */
export interface MailboxProof {
  readonly system: SystemDoor;
  /** STELLAR_SECRET. */
  readonly secret: string;
  readonly clock: Clock;
}

const maxTries = 5;

/** Of the request too: a code is of no use to a browser that did not ask for it. */
export const hashCode = (secret: string, requestId: string, code: string): string =>
  createHmac('sha256', secret).update(`sign-in code ${requestId} ${code}`).digest('hex');

/**
 * The mailbox that a code was sent to, when it is the right one. The request is not used up: whoever acts on it does
 * that in his transaction. Errors: `unauthorized`.
 */
export async function proveMailbox(
  { system, secret, clock }: MailboxProof,
  { request, code }: VerifyRequest,
): Promise<string> {
  const now = new Date(clock.nowMs());
  // Its own transaction: a wrong code is refused, and the try must be counted all the same.
  const asked = await system.asSystem((tx) => countTry(tx, request, now, maxTries));
  const presented = Buffer.from(hashCode(secret, request, code));
  if (asked === undefined || !timingSafeEqual(presented, Buffer.from(asked.codeHash)))
    throw codeNotValid();
  return asked.email;
}

/** One and the same for every way in which a code is not valid. */
export const codeNotValid = (): StellarError =>
  new StellarError('unauthorized', { detail: 'The code is not valid.' });
