import { epochSeconds } from '../domain/clock.js';
import { restorableSeconds } from '../domain/forgetting.js';
import {
  type ForgottenPosition,
  selectForgotten,
} from '../storage/statements/forgotten-memories.js';
import type { MemoryDependencies } from './dependencies.js';
import type { LifeService } from './life-service.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';
import { present } from './present.js';

/** Lists what can be restored, the latest first. Round trips: 1. */
export const createForgotten =
  ({ tenants, clock }: Pick<MemoryDependencies, 'tenants' | 'clock'>): LifeService['forgotten'] =>
  async (userId, { limit, cursor }) => {
    const selection = {
      after: epochSeconds(clock) - restorableSeconds,
      behind: cursor === undefined ? undefined : positionOf(cursor),
      // One more than asked for tells whether there is a next page.
      limit: limit + 1,
    };
    const found = await tenants.withTenant(userId, (tx) => selectForgotten(tx.ending, selection), {
      readOnly: true,
    });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      items: page.map(({ memory, forgottenAt, reason }) => ({
        ...present(memory),
        forgotten_at: forgottenAt,
        restorable_until: forgottenAt + restorableSeconds,
        reason,
      })),
      next_cursor:
        last !== undefined && found.length > page.length
          ? encodeCursor([last.forgottenAt, last.memory.id])
          : null,
    };
  };

function positionOf(cursor: string): ForgottenPosition {
  const [forgottenAt, id] = decodeCursor(cursor);
  return { forgottenAt, id };
}
