import { zoneCapacities } from '@stellar-memory/protocol';
import { selectUsage, totalMemories } from '../storage/statements/tenant-usage.js';
import type { MemoryDependencies } from './dependencies.js';
import type { MemoryService } from './memory-service.js';

/** Exact counts from the tenant's counter row, whatever the tenant's size. Round trips: 1. */
export const createStats =
  ({ tenants }: MemoryDependencies): MemoryService['stats'] =>
  async (userId) => {
    const usage = await tenants.withTenant(userId, (tx) => selectUsage(tx.ending), {
      readOnly: true,
    });
    if (usage === undefined) throw new Error('the tenant has no counter row');
    const [core, inner, outer, belt, cloud] = usage.zones;
    return {
      total_memories: totalMemories(usage),
      zones: { '0': core, '1': inner, '2': outer, '3': belt, '4': cloud },
      capacities: { ...zoneCapacities },
    };
  };
