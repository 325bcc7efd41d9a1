import type { Clock } from '../domain/clock.js';
import { eraseForgotten } from '../memory/erase-forgotten.system.js';
import type { SystemDoor } from '../storage/system-door.system.js';
import type { TenantDoor } from '../storage/tenant-door.js';

/** The sweep that erases what can no longer be restored. */
export interface Erasing {
  /** Erases whatever is due. Ends early once `stop` was called. */
  run(): Promise<void>;
  stop(): void;
}

/** Wires the sweep so that a node that drains does not wait for all of it. */
export function createErasing(doors: {
  readonly tenants: TenantDoor;
  readonly system: SystemDoor;
  readonly clock: Clock;
}): Erasing {
  let stopping = false;
  return {
    async run() {
      await eraseForgotten({ ...doors, isStopping: () => stopping });
    },
    stop: () => {
      stopping = true;
    },
  };
}
