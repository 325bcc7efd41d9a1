import { eraseForgotten } from '../memory/erase-forgotten.system.js';
import { type PurgeOptions, purgeErased } from '../memory/purge-erased.system.js';

/** The sweep that erases what can no longer be restored, from the index too. */
export interface Erasing {
  /** Erases whatever is due. Ends early once `stop` was called. */
  run(): Promise<void>;
  stop(): void;
}

/** Wires the sweep so that a node that drains does not wait for all of it. */
export function createErasing(doors: PurgeOptions): Erasing {
  let stopping = false;
  return {
    async run() {
      const options = { ...doors, isStopping: () => stopping };
      await eraseForgotten(options);
      await purgeErased(options);
    },
    stop: () => {
      stopping = true;
    },
  };
}
