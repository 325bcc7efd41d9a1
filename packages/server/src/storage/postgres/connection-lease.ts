import type pg from 'pg';
import { StellarError } from '../../domain/stellar-error.js';

const busy = (cause?: unknown): StellarError =>
  new StellarError('unavailable', { detail: 'The database is busy.', retryAfterSeconds: 1 }, cause);

/**
 * Takes a connection from the pool.
 * A full pool is waited for `waitMs`; a new connection may take the pool's own, longer time (a suspended Neon
 * database needs seconds to wake).
 */
export async function leaseConnection(pool: pg.Pool, waitMs: number): Promise<pg.PoolClient> {
  const full = pool.idleCount === 0 && pool.totalCount >= (pool.options.max ?? 10);
  const connecting = pool.connect();
  try {
    return await (full ? within(waitMs, connecting) : connecting);
  } catch (error) {
    throw error instanceof StellarError ? error : busy(error);
  }
}

function within(waitMs: number, connecting: Promise<pg.PoolClient>): Promise<pg.PoolClient> {
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      reject(busy());
    }, waitMs);
    connecting.then(
      (client) => {
        clearTimeout(timer);
        if (late) client.release();
        else resolve(client);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
