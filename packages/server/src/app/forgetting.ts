import { type ForgettingOptions, sweepForgetting } from '../memory/forgetting-sweep.system.js';

/** What forgets by itself, for those who chose it. */
export interface Forgetting {
  /** Forgets whatever is due. Ends early once `stop` was called. */
  sweep(): Promise<void>;
  stop(): void;
}

/** Wires the sweep so that a node that drains does not wait for all of it. */
export function createForgetting(
  doors: Pick<ForgettingOptions, 'tenants' | 'system' | 'index' | 'clock'>,
): Forgetting {
  let stopping = false;
  return {
    async sweep() {
      await sweepForgetting({ ...doors, isStopping: () => stopping });
    },
    stop: () => {
      stopping = true;
    },
  };
}
