import { randomBytes } from 'node:crypto';
import { scopes as everyScope, syncLimits } from '@stellar-memory/protocol';
import type { Clock } from '../domain/clock.js';
import { userId as toUserId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import { insertTicket } from '../storage/statements/sync-tickets.js';
import { type RedeemedTicket, redeemTicket } from '../storage/statements/sync-tickets.system.js';
import type { SystemDoor } from '../storage/system-door.system.js';
import type { TenantDoor } from '../storage/tenant-door.js';
import type { Identity } from './identity.js';
import { refuseClosed } from './refuse-closed.js';
import { hashToken } from './sign-in.system.js';

/** Lets a browser connect, which cannot send a key with an upgrade: 256 bits, good once, for one page's origin. */
export interface SyncTickets {
  /** A ticket for whoever shows it from that origin within `ticketSeconds`. */
  issue(identity: Identity, origin: string): Promise<{ ticket: string; expiresAt: Date }>;
  /**
   * Who asked for it, with the rights that he has now. Errors: one `unauthorized` for whatever is wrong with it;
   * `account_suspended`, `account_closed`.
   */
  redeem(ticket: string, origin: string | undefined): Promise<Identity>;
}

/** What tickets need. */
export interface SyncTicketOptions {
  readonly tenants: TenantDoor;
  readonly system: SystemDoor;
  /** STELLAR_SECRET. */
  readonly secret: string;
  readonly clock: Clock;
}

/** 16 bytes that name the account, then 32 that nobody can guess; the database holds a hash. */
const pattern = /^[\w-]{64}$/;

/** Tickets that work on every node. */
export const createSyncTickets = (options: SyncTicketOptions): SyncTickets => ({
  async issue(identity, origin) {
    const { userId, apiKeyId, sessionId } = identity;
    const account = Buffer.from(userId.replaceAll('-', ''), 'hex');
    const ticket = Buffer.concat([account, randomBytes(32)]).toString('base64url');
    const expiresAt = new Date(options.clock.nowMs() + syncLimits.ticketSeconds * 1_000);
    const hash = hashToken(options.secret, ticket);
    await options.tenants.withTenant(userId, (tx) =>
      insertTicket(tx, { hash, apiKeyId, sessionId, origin, expiresAt }),
    );
    return { ticket, expiresAt };
  },

  async redeem(ticket, origin) {
    if (!pattern.test(ticket)) throw refusal();
    const userId = accountOf(ticket);
    const hash = hashToken(options.secret, ticket);
    const found = await options.system.asSystem((tx) => redeemTicket(tx, userId, hash));
    const late = found !== undefined && found.expiresAt.getTime() < options.clock.nowMs();
    if (found === undefined || late || found.origin !== origin) throw refusal();
    refuseClosed(found.status);
    return { userId, ...rightsOf(found) };
  },
});

function accountOf(ticket: string): Identity['userId'] {
  const hex = Buffer.from(ticket, 'base64url').subarray(0, 16).toString('hex');
  return toUserId(hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
}

function rightsOf(found: RedeemedTicket): Omit<Identity, 'userId'> {
  const { tier, apiKeyId, scopes, agentId, sessionId } = found;
  if (apiKeyId !== null) return { apiKeyId, scopes: scopes ?? [], tier, agentId };
  if (sessionId === null) throw refusal();
  return { apiKeyId: 'owner', sessionId, scopes: everyScope, tier, agentId: null };
}

const refusal = (): StellarError =>
  new StellarError('unauthorized', {
    detail: 'The ticket is not valid here, or was used already.',
  });
