import pg from 'pg';
import { StellarError } from '../../domain/stellar-error.js';
import { fromSqlState } from '../database-error.js';

const networkCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND']);

/** What the driver threw, as the port's errors. Faults of our own code pass through unchanged. */
export function fromDriverError(error: unknown): unknown {
  if (error instanceof StellarError) return error;
  if (error instanceof pg.DatabaseError && error.code !== undefined)
    return fromSqlState(error.code, error.constraint, error);
  if (isConnectionLoss(error))
    return new StellarError('unavailable', { retryAfterSeconds: 1 }, error);
  return error;
}

function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== undefined && networkCodes.has(code)) return true;
  // The driver has no codes for these: it says them in words only.
  return /connection (terminated|error)|not queryable|timeout exceeded/i.test(error.message);
}
