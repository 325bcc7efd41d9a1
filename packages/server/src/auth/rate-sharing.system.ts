import { addRateDebts, deletePaidDebts } from '../storage/statements/rate-debts.system.js';
import type { SystemDoor } from '../storage/system-door.system.js';
import type { RateLimits } from './rate-limits.js';

/** Tenants whose spendings travel in one statement. */
const batchSize = 1_000;
/** Runs between two removals of debts that are long paid: once in about ten minutes. */
const runsBetweenRemovals = 600;

/**
 * Makes the nodes' limits one: each tells the database what it charged and learns what all charged together. Runs
 * beside the requests, once a second; no request waits for it, and without it each node limits alone.
 */
export function createRateSharing(limits: RateLimits, system: SystemDoor): () => Promise<void> {
  let runs = 0;
  return async () => {
    const spendings = limits.takeSpendings();
    for (let at = 0; at < spendings.length; at += batchSize) {
      const batch = spendings.slice(at, at + batchSize);
      try {
        const debts = await system.asSystem((tx) => addRateDebts(tx, batch));
        for (const { userId, debtMs } of debts) limits.learn(userId, debtMs);
      } catch (error) {
        limits.giveBack(spendings.slice(at));
        throw error;
      }
    }
    runs += 1;
    if (runs % runsBetweenRemovals === 0) await system.asSystem((tx) => deletePaidDebts(tx));
  };
}
