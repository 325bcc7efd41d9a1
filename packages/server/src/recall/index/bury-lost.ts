import type { UserId } from '../../domain/ids.js';
import { insertDead } from '../../storage/statements/index-dead.js';
import { selectMemoryDocs } from '../../storage/statements/index-sources.js';
import { raiseGeneration } from '../../storage/statements/index-states.js';
import type { TenantDoor } from '../../storage/tenant-door.js';
import { readState } from './read-state.js';

/**
 * Marks documents dead that the index has and that are no memories. None of our own writers leaves any, but v1 does
 * while it runs beside us. A document number never comes back, so what is lost in a snapshot is lost for good.
 */
export async function buryLost(door: TenantDoor, userId: UserId): Promise<void> {
  const lost = await door.withTenant(
    userId,
    async (tx) => {
      const [state, docs] = await Promise.all([readState(tx, undefined, []), selectMemoryDocs(tx)]);
      const memories = new Set(docs);
      const indexed = state.columns.docs.subarray(0, state.count);
      return indexed.filter((doc, ordinal) => state.live[ordinal] === 1 && !memories.has(doc));
    },
    { readOnly: true },
  );
  if (lost.length === 0) return;
  await door.withTenant(userId, (tx) =>
    Promise.all([raiseGeneration(tx), insertDead(tx, Array.from(lost))]),
  );
}
