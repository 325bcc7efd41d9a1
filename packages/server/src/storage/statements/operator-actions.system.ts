import type { UserId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/** What an operator did to an account. */
export interface OperatorAction {
  readonly action: string;
  /** What was changed, before and after. */
  readonly change: Record<string, unknown>;
  readonly reason: string | null;
}

/** Records an action in the transaction that takes it. */
export async function insertAction(
  tx: SystemTransaction,
  userId: UserId,
  { action, change, reason }: OperatorAction,
): Promise<void> {
  await tx.query(sql`
    insert into operator_actions (user_id, action, change, reason)
    values (${userId}, ${action}, ${JSON.stringify(change)}::jsonb, ${reason})`);
}

/** What operators did to an account, newest first. */
export const selectActions = (
  tx: SystemTransaction,
  userId: UserId,
): Promise<(OperatorAction & { readonly at: Date })[]> =>
  tx.query(sql<OperatorAction & { readonly at: Date }>`
    select action, change, reason, at from operator_actions
    where user_id = ${userId} order by at desc, id limit 100`);
