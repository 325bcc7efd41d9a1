import { StellarError } from '../domain/stellar-error.js';
import {
  claimIdempotencyKey,
  deleteExpiredAnswers,
  selectAnswer,
  upsertAnswer,
} from '../storage/statements/idempotency.js';
import type { TenantTransaction } from '../storage/tenant-door.js';
import type { Idempotency } from './memory-service.js';

/**
 * Acts once for an Idempotency-Key: the answer is remembered in the transaction that acts, so a crash between
 * commit and response is answered from memory on retry. `Answer` must survive JSON.
 *
 * Errors: `idempotency_in_flight` while the first request runs, `idempotency_mismatch` for another body.
 */
export async function idempotently<Answer>(
  tx: TenantTransaction,
  idempotency: Idempotency | undefined,
  act: () => Promise<Answer>,
): Promise<Answer> {
  if (idempotency === undefined) return act();
  const { scope, key, fingerprint } = idempotency;
  const claimed = await claimIdempotencyKey(tx, scope, key);
  if (!claimed) throw new StellarError('idempotency_in_flight');
  // After the claim, not with it: an answer committed just before must be seen.
  const before = await selectAnswer(tx, scope, key);
  if (before !== undefined && before.fingerprint !== fingerprint)
    throw new StellarError('idempotency_mismatch');
  if (before !== undefined) return before.response as Answer;
  const response = await act();
  await Promise.all([
    upsertAnswer(tx, scope, key, { fingerprint, response }),
    deleteExpiredAnswers(tx),
  ]);
  return response;
}
