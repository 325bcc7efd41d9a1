import type { UserId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import { listSubscriptions } from '../storage/statements/subscriptions.js';
import type { TenantDoor } from '../storage/tenant-door.js';
import type { LemonSqueezy } from './lemonsqueezy-client.js';

/**
 * Cancels every subscription of an account that would renew. One that Lemon Squeezy does not know any more is over.
 * Errors: `unavailable`, also where nothing is sold and one would renew; asking again does no harm.
 */
export async function endSubscriptions(
  {
    tenants,
    lemonSqueezy,
  }: {
    readonly tenants: TenantDoor;
    /** Absent: nothing is sold here, so nobody can be told to stop renewing. */
    readonly lemonSqueezy?: Pick<LemonSqueezy, 'changeSubscription'> | undefined;
  },
  userId: UserId,
): Promise<void> {
  const rows = await tenants.withTenant(userId, listSubscriptions, { readOnly: true });
  for (const { id, status } of rows) {
    if (status === 'cancelled' || status === 'expired') continue;
    if (lemonSqueezy === undefined)
      throw new StellarError('unavailable', {
        detail: 'A closed account has a subscription that renews, and Lemon Squeezy is not set up.',
      });
    await lemonSqueezy.changeSubscription(id, { cancelled: true });
  }
}
