import { createAgents } from './agents.js';
import type { ContextService } from './context-service.js';
import type { MemoryDependencies } from './dependencies.js';
import { createRelated } from './graph/related.js';
import { createTopicGraph } from './graph/topic-graph.js';
import { createConfident, createIntrospect } from './introspect.js';
import type { MemoryService } from './memory-service.js';
import { createNarrate } from './narrate/narrate.js';
import type { SharedModel } from './narrate/shared-model.js';
import { createSessions } from './sessions.js';

/** What the surroundings of memories need. */
export interface ContextDependencies extends MemoryDependencies {
  readonly memories: MemoryService;
  /** Writes narratives; absent, rules do. */
  readonly model?: SharedModel | undefined;
}

/** Puts together what surrounds memories. */
export const createContextService = (dependencies: ContextDependencies): ContextService => ({
  narrate: createNarrate(dependencies),
  ...createSessions(dependencies),
  ...createRelated(dependencies),
  graph: createTopicGraph(dependencies),
  introspect: createIntrospect(dependencies),
  confident: createConfident(dependencies.memories),
  listAgents: createAgents(dependencies.tenants),
});
