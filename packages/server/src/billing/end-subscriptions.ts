import type { UserId } from '../domain/ids.js';
import { listSubscriptions } from '../storage/statements/subscriptions.js';
import type { TenantDoor } from '../storage/tenant-door.js';
import type { LemonSqueezy } from './lemonsqueezy-client.js';

/**
 * Cancels every subscription of an account that would renew. One that Lemon Squeezy does not know any more is over.
 * Errors: `unavailable`; asking again does no harm.
 */
export async function endSubscriptions(
  { tenants, lemonSqueezy }: { readonly tenants: TenantDoor; readonly lemonSqueezy: LemonSqueezy },
  userId: UserId,
): Promise<void> {
  const rows = await tenants.withTenant(userId, listSubscriptions, { readOnly: true });
  for (const { id, status } of rows)
    if (status !== 'cancelled' && status !== 'expired')
      await lemonSqueezy.changeSubscription(id, { cancelled: true });
}
