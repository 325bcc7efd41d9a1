import type { ErasureResponse, VerifyRequest } from '@stellar-memory/protocol';
import type { AuditActor } from '../domain/audit.js';
import type { UserId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import { appendAuditOf } from '../storage/statements/audit-log.system.js';
import {
  closeAccount,
  type ErasureTimes,
  reopenAccount,
} from '../storage/statements/erasures.system.js';
import { useSignInRequest } from '../storage/statements/sign-in-requests.system.js';
import { type AccountRow, findUserByEmail } from '../storage/statements/users.system.js';
import type { SystemTransaction } from '../storage/system-door.system.js';
import { codeNotValid, type MailboxProof, proveMailbox } from './prove-mailbox.system.js';
import { recordAction } from './record-action.system.js';

/** Days in which a closed account may be had back. */
const undoDays = 7;

const timesFrom = (nowMs: number): ErasureTimes => ({
  requestedAt: new Date(nowMs),
  dueAt: new Date(nowMs + undoDays * 86_400_000),
});

/**
 * Closes an account to everybody at once; seven days later it is erased. The asker has proved the account's own mailbox
 * a moment ago: a key or a session that somebody left open is not enough.
 * Errors: `unauthorized` for a code that is not valid or of another mailbox; `conflict` for the local account.
 */
export async function requestErasure(
  options: MailboxProof,
  userId: UserId,
  actor: AuditActor,
  proof: VerifyRequest,
): Promise<ErasureResponse> {
  const email = await proveMailbox(options, proof);
  const times = timesFrom(options.clock.nowMs());
  const due_at = times.dueAt.toISOString();
  await options.system.asSystem(async (tx) => {
    if (!(await useSignInRequest(tx, proof.request, times.requestedAt))) throw codeNotValid();
    if (!(await closeAccount(tx, userId, times, email))) throw codeNotValid();
    await appendAuditOf(tx, userId, { action: 'erasure.requested', actor, detail: { due_at } });
  });
  return { erased_at: due_at };
}

/** Opens a closed account again. Errors: `unauthorized`, also when there is nothing to undo. */
export async function undoErasure(options: MailboxProof, proof: VerifyRequest): Promise<void> {
  const email = await proveMailbox(options, proof);
  const now = new Date(options.clock.nowMs());
  await options.system.asSystem(async (tx) => {
    const account = await findUserByEmail(tx, email);
    if (account === undefined || account.status !== 'closed') throw notClosed();
    if (!(await useSignInRequest(tx, proof.request, now))) throw codeNotValid();
    if (!(await reopenAccount(tx, account.userId, now))) throw hasBegun();
    await appendAuditOf(tx, account.userId, {
      action: 'erasure.undone',
      actor: 'owner',
      detail: {},
    });
  });
}

const notClosed = (): StellarError =>
  new StellarError('conflict', { detail: 'This account is not closed.' });

const hasBegun = (): StellarError =>
  new StellarError('conflict', { detail: 'The erasure of this account has begun.' });

/** What an operator says when he does it: the moment, and why. */
interface OperatorRequest {
  readonly nowMs: number;
  readonly reason: string;
}

/**
 * The same without the mailbox, as the operator: for an owner whom no mail reaches. Recorded with the reason.
 * Errors: `conflict` when it is closed already.
 */
export async function eraseByOperator(
  tx: SystemTransaction,
  { userId }: AccountRow,
  { nowMs, reason }: OperatorRequest,
): Promise<ErasureResponse> {
  const times = timesFrom(nowMs);
  if (!(await closeAccount(tx, userId, times)))
    throw new StellarError('conflict', { detail: 'This account is to be erased already.' });
  const change = { due_at: times.dueAt.toISOString() };
  await recordAction(tx, userId, { action: 'erasure.requested', change, reason });
  return { erased_at: change.due_at };
}

/** Gives a closed account back, whoever had closed it. Errors: `conflict` when it is not closed, or erasing has begun. */
export async function restoreByOperator(
  tx: SystemTransaction,
  { userId, status }: AccountRow,
  { nowMs, reason }: OperatorRequest,
): Promise<void> {
  if (status !== 'closed') throw notClosed();
  if (!(await reopenAccount(tx, userId, new Date(nowMs)))) throw hasBegun();
  await recordAction(tx, userId, { action: 'erasure.undone', change: {}, reason });
}
