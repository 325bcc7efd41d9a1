import type { Clock } from '../domain/clock.js';
import { sweepOrbits } from '../memory/orbit-sweep.system.js';
import type { SystemDoor } from '../storage/system-door.system.js';
import type { TenantDoor } from '../storage/tenant-door.js';

/** What moves memories outward in time. */
export interface Orbits {
  /** Moves what is due, for every tenant. Ends early once `stop` was called. */
  sweep(): Promise<void>;
  stop(): void;
}

/** Wires the sweep to both doors. */
export function createOrbits(doors: {
  readonly tenants: TenantDoor;
  readonly system: SystemDoor;
  readonly clock: Clock;
}): Orbits {
  let stopping = false;
  return {
    async sweep() {
      await sweepOrbits({ ...doors, isStopping: () => stopping });
    },
    stop: () => {
      stopping = true;
    },
  };
}
