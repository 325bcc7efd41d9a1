import type { AccountStatus } from '@stellar-memory/protocol';
import { StellarError } from '../domain/stellar-error.js';

/** Errors: `account_closed`, `account_suspended`; none for an account that is open. */
export function refuseClosed(status: AccountStatus): void {
  if (status === 'closed')
    throw new StellarError('account_closed', { detail: 'This account is to be erased.' });
  if (status !== 'active') throw new StellarError('account_suspended');
}
