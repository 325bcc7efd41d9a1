import type { ErasureList } from '@stellar-memory/protocol';
import { selectPending, selectReceipts } from '../storage/statements/erasures.system.js';
import type { SystemDoor } from '../storage/system-door.system.js';

const shown = 100;

/** What is to be erased, and what is left of what was. */
export async function listErasures(system: SystemDoor): Promise<ErasureList> {
  const [pending, receipts] = await system.asSystem(
    (tx) => Promise.all([selectPending(tx, shown), selectReceipts(tx, shown)]),
    { readOnly: true },
  );
  return {
    pending: pending.map(({ accountId, requestedAt, dueAt }) => ({
      user_id: accountId,
      requested_at: requestedAt.toISOString(),
      due_at: dueAt.toISOString(),
    })),
    receipts: receipts.map(({ id, accountId, requestedAt, erasedAt, counts }) => ({
      id,
      account_id: accountId,
      requested_at: requestedAt.toISOString(),
      erased_at: erasedAt.toISOString(),
      counts,
    })),
  };
}
