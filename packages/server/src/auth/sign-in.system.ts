import { createHmac, randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { VerifyRequest } from '@stellar-memory/protocol';
import type { Clock } from '../domain/clock.js';
import type { UserId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import { appendAudit } from '../storage/statements/audit-log.js';
import { appendAuditOf } from '../storage/statements/audit-log.system.js';
import { deleteSession, listSessions } from '../storage/statements/sessions.js';
import { insertSession } from '../storage/statements/sessions.system.js';
import {
  deleteOverRequests,
  insertSignInRequest,
  useSignInRequest,
} from '../storage/statements/sign-in-requests.system.js';
import { findUserByEmail, insertUser } from '../storage/statements/users.system.js';
import type { SystemDoor, SystemTransaction } from '../storage/system-door.system.js';
import type { TenantDoor } from '../storage/tenant-door.js';
import { newUser } from './admin-service.system.js';
import { type AttemptLimit, refuseBeyond } from './attempt-limit.system.js';
import { requestErasure, undoErasure } from './close-account.system.js';
import type { Mailer } from './mailer.js';
import { codeNotValid, hashCode, proveMailbox } from './prove-mailbox.system.js';
import { refuseClosed } from './refuse-closed.js';
import type { SignedIn, SignInService } from './sign-in-service.js';

/** What signing in needs. */
export interface SignInOptions {
  readonly tenants: TenantDoor;
  readonly system: SystemDoor;
  /** STELLAR_SECRET. */
  readonly secret: string;
  readonly clock: Clock;
  readonly mailer: Mailer;
  /** Told of a mail that could not be sent. */
  readonly onMailError: (error: unknown) => void;
}

const codeMs = 10 * 60_000;
const sessionDays = 30;
const windowSeconds = 600;
/** Codes that are asked for. A household or an office shares an address, the customers of a mail service a domain. */
const byAddress: AttemptLimit = { kind: 'code from address', tries: 30, windowSeconds };
const byDomain: AttemptLimit = { kind: 'code to domain', tries: 200, windowSeconds };
/** Codes that are typed in. */
const proofs: AttemptLimit = { kind: 'proof from address', tries: 60, windowSeconds };

/** Signs people in by a code that was sent to their mailbox. */
export function createSignIn(options: SignInOptions): SignInService {
  const { tenants, clock } = options;
  const sending = new Set<Promise<void>>();
  return {
    async register({ email }, address) {
      if (address !== undefined) {
        await refuseBeyond(options, byAddress, address);
        await refuseBeyond(options, byDomain, email.slice(email.lastIndexOf('@') + 1));
      }
      const { request, code, isSent } = await newRequest(options, email);
      // Not waited for: the time of a mail server is not for the asker to know.
      if (isSent) keepUntilDone(sending, sendCode(options, email, code));
      return { request: request.id, expires_at: request.expiresAt.toISOString() };
    },
    async verify(request, { userAgent, address }) {
      if (address !== undefined) await refuseBeyond(options, proofs, address);
      return verify(options, request, userAgent);
    },
    async sessions(userId, current) {
      const now = new Date(clock.nowMs());
      const rows = await tenants.withTenant(userId, (tx) => listSessions(tx, now), {
        readOnly: true,
      });
      return rows.map((row) => ({
        id: row.id,
        user_agent: row.userAgent,
        created_at: row.createdAt.toISOString(),
        expires_at: row.expiresAt.toISOString(),
        current: row.id === current,
      }));
    },
    async endSession(userId, id, actor) {
      await tenants.withTenant(userId, async (tx) => {
        if (!(await deleteSession(tx, id))) throw new StellarError('not_found');
        await appendAudit(tx, { action: 'session.ended', actor, detail: { session: id } });
      });
    },
    requestErasure: (userId, actor, proof) => requestErasure(options, userId, actor, proof),
    async undoErasure(proof, address) {
      if (address !== undefined) await refuseBeyond(options, proofs, address);
      return undoErasure(options, proof);
    },
    async idle() {
      await Promise.all(sending);
    },
  };
}

function keepUntilDone(running: Set<Promise<void>>, work: Promise<void>): void {
  const kept = work.finally(() => running.delete(kept));
  running.add(kept);
}

async function newRequest({ system, secret, clock }: SignInOptions, email: string) {
  const nowMs = clock.nowMs();
  const id = randomUUID();
  const code = `${randomInt(100_000_000)}`.padStart(8, '0');
  const request = {
    id,
    email,
    codeHash: hashCode(secret, id, code),
    createdAt: new Date(nowMs),
    expiresAt: new Date(nowMs + codeMs),
  };
  const isSent = await system.asSystem(async (tx) => {
    await deleteOverRequests(tx, request.createdAt);
    return insertSignInRequest(tx, request);
  });
  return { request, code, isSent };
}

/** What the database keeps of a session's token. */
export const hashToken = (secret: string, token: string): string =>
  createHmac('sha256', secret).update(`session ${token}`).digest('hex');

async function sendCode(
  { mailer, onMailError }: SignInOptions,
  to: string,
  code: string,
): Promise<void> {
  const shown = `${code.slice(0, 4)} ${code.slice(4)}`;
  const text = `Your code for Stellar Memory is ${shown}\n\nType it into the page that asked for it, within 10 minutes. If you did not ask for it, do nothing: without the code nobody gets in.\n`;
  try {
    await mailer.send({ to, subject: `${shown} is your code for Stellar Memory`, text });
  } catch (error) {
    onMailError(error);
  }
}

async function verify(
  options: SignInOptions,
  { request, code }: VerifyRequest,
  userAgent: string | undefined,
): Promise<SignedIn> {
  const { system, secret, clock } = options;
  const now = new Date(clock.nowMs());
  const email = await proveMailbox(options, { request, code });
  const token = randomBytes(32).toString('base64url');
  const { userId, created } = await system.asSystem(async (tx) => {
    const account = await accountOf(tx, email);
    if (!(await useSignInRequest(tx, request, now))) throw codeNotValid();
    const id = randomUUID();
    await insertSession(tx, {
      userId: account.userId,
      id,
      tokenHash: hashToken(secret, token),
      userAgent: userAgent?.slice(0, 200) ?? null,
      createdAt: now,
      expiresAt: new Date(now.getTime() + sessionDays * 86_400_000),
    });
    await recordSignIn(tx, account, id);
    return account;
  });
  return {
    answer: { user_id: userId, email, created },
    token,
    maxAgeSeconds: sessionDays * 86_400,
  };
}

async function recordSignIn(
  tx: SystemTransaction,
  { userId, created }: { readonly userId: UserId; readonly created: boolean },
  session: string,
): Promise<void> {
  if (created)
    await appendAuditOf(tx, userId, { action: 'account.created', actor: 'owner', detail: {} });
  const detail = { session };
  await appendAuditOf(tx, userId, { action: 'session.started', actor: 'owner', detail });
}

/** The mailbox is proved: its account, or a new one. */
async function accountOf(
  tx: SystemTransaction,
  email: string,
): Promise<{ userId: UserId; created: boolean }> {
  const user = newUser(email, 'free');
  const created = await insertUser(tx, user);
  if (created) return { userId: user.userId, created };
  const found = await findUserByEmail(tx, email);
  if (found === undefined) throw codeNotValid();
  refuseClosed(found.status);
  return { userId: found.userId, created };
}
