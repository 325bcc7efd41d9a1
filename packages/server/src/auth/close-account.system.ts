import type { ErasureResponse, VerifyRequest } from '@stellar-memory/protocol';
import type { AuditActor } from '../domain/audit.js';
import type { UserId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import { appendAuditOf } from '../storage/statements/audit-log.system.js';
import { closeAccount, reopenAccount } from '../storage/statements/erasures.system.js';
import { useSignInRequest } from '../storage/statements/sign-in-requests.system.js';
import { findUserByEmail } from '../storage/statements/users.system.js';
import { codeNotValid, type MailboxProof, proveMailbox } from './prove-mailbox.system.js';

/** Days in which a closed account may be had back. */
const undoDays = 7;

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
  const requestedAt = new Date(options.clock.nowMs());
  const dueAt = new Date(requestedAt.getTime() + undoDays * 86_400_000);
  await options.system.asSystem(async (tx) => {
    if (!(await useSignInRequest(tx, proof.request, requestedAt))) throw codeNotValid();
    if (!(await closeAccount(tx, userId, email, { requestedAt, dueAt }))) throw codeNotValid();
    const detail = { due_at: dueAt.toISOString() };
    await appendAuditOf(tx, userId, { action: 'erasure.requested', actor, detail });
  });
  return { erased_at: dueAt.toISOString() };
}

/** Opens a closed account again. Errors: `unauthorized`, also when there is nothing to undo. */
export async function undoErasure(options: MailboxProof, proof: VerifyRequest): Promise<void> {
  const email = await proveMailbox(options, proof);
  const now = new Date(options.clock.nowMs());
  await options.system.asSystem(async (tx) => {
    const account = await findUserByEmail(tx, email);
    if (account === undefined || account.status !== 'closed')
      throw new StellarError('conflict', { detail: 'This account is not closed.' });
    if (!(await useSignInRequest(tx, proof.request, now))) throw codeNotValid();
    if (!(await reopenAccount(tx, account.userId, now)))
      throw new StellarError('conflict', { detail: 'The erasure of this account has begun.' });
    await appendAuditOf(tx, account.userId, {
      action: 'erasure.undone',
      actor: 'owner',
      detail: {},
    });
  });
}
