import { type Clock, epochSeconds } from '../domain/clock.js';
import { forgettingSeconds, idleBefore, isGivenUp } from '../domain/forgetting.js';
import type { UserId } from '../domain/ids.js';
import type { LexicalIndex } from '../recall/lexical-index.js';
import { moveAgent } from '../storage/statements/agents.js';
import { appendAudit } from '../storage/statements/audit-log.js';
import { selectForgettingTenants } from '../storage/statements/due-tenants.system.js';
import { moveToForgotten } from '../storage/statements/forgotten-memories.js';
import {
  type IdleMemory,
  lockForgetting,
  noteRecalled,
  selectIdle,
  updateForgetsAt,
} from '../storage/statements/idle-memories.js';
import { moveCounters } from '../storage/statements/tenant-usage.js';
import type { SystemDoor } from '../storage/system-door.system.js';
import type { TenantDoor, TenantTransaction } from '../storage/tenant-door.js';
import { inRounds } from './tenant-rounds.system.js';

/** Memories of one tenant that a transaction looks at most: his own stores wait for it. */
const usualBatch = 200;

/** What automatic forgetting needs. */
export interface ForgettingOptions {
  readonly system: SystemDoor;
  readonly tenants: TenantDoor;
  readonly index: LexicalIndex;
  readonly clock: Clock;
  /** Ends it before the next tenant; what is left stays due. */
  readonly isStopping?: () => boolean;
  readonly memoriesABatch?: number;
}

/**
 * Forgets, of tenants who chose it, what lies in the cloud and was not recalled for as long as they said: to where it
 * can be restored from, told to their feed and their audit log. Any number of nodes may do it.
 *
 * @returns how many memories were forgotten
 * @throws AggregateError at the end, when tenants failed
 */
export async function sweepForgetting(options: ForgettingOptions): Promise<number> {
  const { system, isStopping } = options;
  const now = epochSeconds(options.clock);
  let forgotten = 0;
  await inRounds({
    system,
    isStopping,
    due: (tx, page) => selectForgettingTenants(tx, { now, ...page }),
    async batch(userId) {
      const outcome = await forgetBatch(options, userId, now);
      forgotten += outcome.forgotten;
      return outcome.hasMore;
    },
  });
  return forgotten;
}

interface Outcome {
  readonly forgotten: number;
  readonly hasMore: boolean;
}

/** Locks go counter row first, then memories, the audit log's last, as in every writer. */
async function forgetBatch(
  { tenants, index, memoriesABatch = usualBatch }: ForgettingOptions,
  userId: UserId,
  now: number,
): Promise<Outcome> {
  const outcome = await tenants.withTenant(userId, async (tx): Promise<Outcome> => {
    const afterDays = await lockForgetting(tx, now);
    if (afterDays === undefined) return { forgotten: 0, hasMore: false };
    const idle = await selectIdle(tx, idleBefore(afterDays, now), memoriesABatch);
    const givenUp = idle.filter((memory) => isGivenUp(afterDays, memory, now));
    const recalled = idle.filter((memory) => !givenUp.includes(memory)).map(({ id }) => id);
    const [noted] = await Promise.all([
      recalled.length === 0 ? 0 : noteRecalled(tx, recalled),
      givenUp.length > 0 && giveUp(tx, index, givenUp, { now, afterDays }),
    ]);
    // What was looked at in vain would be looked at for ever.
    const hasMore = idle.length === memoriesABatch && givenUp.length + noted > 0;
    await updateForgetsAt(tx, hasMore ? now : now + forgettingSeconds);
    return { forgotten: givenUp.length, hasMore };
  });
  if (outcome.forgotten > 0) index.noteChange(userId);
  return outcome;
}

async function giveUp(
  tx: TenantTransaction,
  index: LexicalIndex,
  memories: readonly IdleMemory[],
  { now, afterDays }: { readonly now: number; readonly afterDays: number },
): Promise<void> {
  await Promise.all([
    moveToForgotten(
      tx,
      memories.map(({ id }) => id),
      { at: now, reason: 'automatic' },
    ),
    moveCounters(tx, [0, 0, 0, 0, -memories.length], 0),
    index.remove(
      tx,
      memories.map(({ doc }) => doc),
    ),
    ...memories.flatMap(({ agentId }) =>
      agentId === null ? [] : [moveAgent(tx, { leaves: agentId, enters: null })],
    ),
    appendAudit(tx, {
      action: 'memories.forgotten',
      actor: 'system',
      detail: { memories: memories.length, after_days: afterDays },
    }),
  ]);
}
