import { epochSeconds } from '../domain/clock.js';
import { restorableSeconds } from '../domain/forgetting.js';
import type { MemoryId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import type { LexicalIndex } from '../recall/lexical-index.js';
import {
  type ForgottenMemory,
  lockForgotten,
  restoreRest,
} from '../storage/statements/forgotten-memories.js';
import { memoryExists, type NewMemory, selectMemory } from '../storage/statements/memories.js';
import { type GrowthUsage, insertMemories } from '../storage/statements/store-memories.js';
import { lockUsage } from '../storage/statements/tenant-usage.js';
import type { TenantTransaction } from '../storage/tenant-door.js';
import type { MemoryDependencies } from './dependencies.js';
import { idempotently } from './idempotently.js';
import type { LifeService } from './life-service.js';
import { present } from './present.js';
import { growthRefusal } from './quota.js';

/**
 * Stores a forgotten memory again, under its id and with all that belonged to it. Round trips: 5 (locks, store, the
 * rest, the answer, commit).
 */
export const createRestore =
  (dependencies: MemoryDependencies): LifeService['restore'] =>
  async (userId, id, { idempotency, onUsage } = {}) => {
    const { tenants, index, warnings } = dependencies;
    let used: GrowthUsage | undefined;
    const restored = await tenants.withTenant(userId, (tx) =>
      idempotently(tx, idempotency, async () => {
        used = await storeAgain(tx, dependencies, id);
        await restoreRest(tx, id, epochSeconds(dependencies.clock));
        const memory = await selectMemory(tx, id);
        if (memory === undefined) throw new Error('a restored memory is not there');
        return present(memory);
      }),
    );
    // A repeated answer changed nothing.
    if (used === undefined) return restored;
    index.noteChange(userId);
    warnings?.note(userId, used);
    onUsage?.(used);
    return restored;
  };

async function storeAgain(
  tx: TenantTransaction,
  dependencies: MemoryDependencies,
  id: MemoryId,
): Promise<GrowthUsage> {
  const after = epochSeconds(dependencies.clock) - restorableSeconds;
  const [, forgotten, exists] = await Promise.all([
    lockUsage(tx),
    lockForgotten(tx, id, after),
    memoryExists(tx, id),
  ]);
  if (forgotten === undefined) throw new StellarError('not_found');
  if (exists) throw new StellarError('conflict', { detail: 'Another memory has this id by now.' });
  const { shortOf, usage } = await insertMemories(tx, [asNew(forgotten, dependencies.index)]);
  if (shortOf !== null) throw await growthRefusal(tx, shortOf, usage[shortOf], dependencies);
  return usage;
}

const asNew = ({ memory }: ForgottenMemory, index: LexicalIndex): NewMemory => ({
  ...memory,
  entry: index.encode(memory),
});
