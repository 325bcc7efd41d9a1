import type { AuditAction } from '@stellar-memory/protocol';
import type { UserId } from '../domain/ids.js';
import { appendAuditOf } from '../storage/statements/audit-log.system.js';
import {
  insertAction,
  type OperatorAction,
} from '../storage/statements/operator-actions.system.js';
import type { SystemTransaction } from '../storage/system-door.system.js';

/** Records what an operator does, in the transaction that does it: kept for the operator, and in the account's own chain. */
export async function recordAction(
  tx: SystemTransaction,
  userId: UserId,
  done: OperatorAction & { readonly action: AuditAction },
): Promise<void> {
  const { action, change, reason } = done;
  await insertAction(tx, userId, done);
  await appendAuditOf(tx, userId, { action, actor: 'operator', detail: { change, reason } });
}
