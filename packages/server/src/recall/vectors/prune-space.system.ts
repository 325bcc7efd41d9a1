import { deleteVectorsOfSpace } from '../../storage/statements/memory-vectors.js';
import { deleteProgress } from '../../storage/statements/vector-progress.js';
import { selectTenantsOfSpace } from '../../storage/statements/vector-progress.system.js';
import type { SystemDoor } from '../../storage/system-door.system.js';
import type { TenantDoor } from '../../storage/tenant-door.js';

/** Vectors of one transaction: short enough that nobody waits. */
const batchSize = 5_000;
const tenantsOfOneLook = 100;

/**
 * Takes every vector of a space away, tenant by tenant through each one's own door. A tenant's mark goes last, so a
 * run that was killed is gone on with by the next. Answers how many vectors went.
 *
 * @param onProgress told after each batch how many went so far
 */
export async function pruneSpace(
  doors: { readonly tenants: TenantDoor; readonly system: SystemDoor },
  space: number,
  onProgress: (gone: number) => void,
): Promise<number> {
  const { tenants, system } = doors;
  let gone = 0;
  for (;;) {
    const found = await system.asSystem((tx) => selectTenantsOfSpace(tx, space, tenantsOfOneLook), {
      readOnly: true,
    });
    if (found.length === 0) return gone;
    for (const userId of found) {
      for (;;) {
        const batch = await tenants.withTenant(userId, async (tx) => {
          const taken = await deleteVectorsOfSpace(tx, space, batchSize);
          if (taken < batchSize) await deleteProgress(tx, space);
          return taken;
        });
        gone += batch;
        onProgress(gone);
        if (batch < batchSize) break;
      }
    }
  }
}
