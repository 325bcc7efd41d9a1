import { epochSeconds } from '../domain/clock.js';
import { purgeSeconds } from '../domain/forgetting.js';
import { StellarError } from '../domain/stellar-error.js';
import { moveAgent } from '../storage/statements/agents.js';
import { nameMaker } from '../storage/statements/changes.js';
import { eraseForgotten, moveToForgotten } from '../storage/statements/forgotten-memories.js';
import { notePurge } from '../storage/statements/index-purges.js';
import { deleteMemory, lockMemory } from '../storage/statements/memories.js';
import {
  changeUsage,
  lockUsage,
  selectUsage,
  type UsageNow,
} from '../storage/statements/tenant-usage.js';
import { isOf } from './as-agent.js';
import type { MemoryDependencies } from './dependencies.js';
import { idempotently } from './idempotently.js';
import type { MemoryService } from './memory-service.js';
import { growthOf } from './quota.js';

/**
 * Takes a memory away, to where it can be restored from, and out of the index, in one transaction. Round trips: 3
 * (locks, writes, commit). Locks go counter row first, then memory, as in every writer: no deadlock.
 */
export const createForget =
  (dependencies: MemoryDependencies): MemoryService['forget'] =>
  async (userId, id, idempotency, { agentId, onUsage, permanent = false } = {}) => {
    const { tenants, index, clock } = dependencies;
    let used: UsageNow | undefined;
    await tenants.withTenant(userId, (tx) =>
      idempotently(tx, idempotency, async () => {
        const [, memory] = await Promise.all([
          lockUsage(tx),
          lockMemory(tx, id),
          agentId !== undefined && nameMaker(tx, { agents: [agentId] }),
        ]);
        if (memory === undefined || !isOf(memory, agentId)) {
          if (permanent && (await eraseForgotten(tx, id, agentId))) {
            await notePurge(tx, epochSeconds(clock) + purgeSeconds);
            return { removed: true };
          }
          throw new StellarError('not_found');
        }
        const writes = Promise.all([
          permanent
            ? deleteMemory(tx, id)
            : moveToForgotten(tx, [id], { at: epochSeconds(clock), reason: 'asked' }),
          ...(memory.agentId === null
            ? []
            : [moveAgent(tx, { leaves: memory.agentId, enters: null })]),
          index.remove(tx, [memory.doc]),
          changeUsage(tx, { leaves: memory.zone, documents: 0 }),
          permanent && notePurge(tx, epochSeconds(clock) + purgeSeconds),
        ]);
        // Behind the writes, in the same message.
        [, used] = await Promise.all([writes, onUsage === undefined ? undefined : selectUsage(tx)]);
        return { removed: true };
      }),
    );
    index.noteChange(userId);
    // A repeated answer changed nothing.
    if (used !== undefined) onUsage?.(growthOf(used));
  };
