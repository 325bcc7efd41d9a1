import type { UserId } from '../domain/ids.js';
import { nextToVerify } from '../storage/statements/tenants.system.js';
import type { SystemDoor } from '../storage/system-door.system.js';
import type { TenantDoor } from '../storage/tenant-door.js';
import { type UsageDrift, verifyUsage } from './verify-usage.js';

/** What a run of the check needs. */
export interface VerifyAllOptions {
  readonly system: SystemDoor;
  readonly tenants: TenantDoor;
  /** Tenants that were verified more recently are passed over; 0 takes everybody. */
  readonly olderThanHours: number;
  readonly onDrift: (drift: UsageDrift) => void;
  /** Ends the run before the next tenant. */
  readonly isStopping?: () => boolean;
}

/** Verifies one tenant after the other, never two at once. Answers how many. */
export async function verifyAllUsage(options: VerifyAllOptions): Promise<number> {
  const { system, tenants, olderThanHours, onDrift, isStopping } = options;
  let tenant: UserId | undefined;
  for (let verified = 0; ; verified += 1) {
    if (isStopping?.() === true) return verified;
    const after = tenant;
    tenant = await system.asSystem((tx) => nextToVerify(tx, after, olderThanHours), {
      readOnly: true,
    });
    if (tenant === undefined) return verified;
    const drift = await verifyUsage(tenants, tenant);
    if (drift !== undefined) onDrift(drift);
  }
}
