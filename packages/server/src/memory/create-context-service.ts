import type { Clock } from '../domain/clock.js';
import type { TenantDoor } from '../storage/tenant-door.js';
import { createAgents } from './agents.js';
import type { ContextService } from './context-service.js';
import type { MemoryService } from './memory-service.js';
import { createNarrate } from './narrate/narrate.js';
import type { SharedModel } from './narrate/shared-model.js';
import { createSessions } from './sessions.js';

/** What the surroundings of memories need. */
export interface ContextDependencies {
  readonly tenants: TenantDoor;
  readonly clock: Clock;
  readonly memories: MemoryService;
  /** Writes narratives; absent, rules do. */
  readonly model?: SharedModel | undefined;
}

/** Puts together what surrounds memories. */
export const createContextService = (dependencies: ContextDependencies): ContextService => ({
  narrate: createNarrate(dependencies),
  ...createSessions(dependencies),
  listAgents: createAgents(dependencies.tenants),
});
