import type { MemoryDependencies } from './dependencies.js';
import { createForget } from './forget.js';
import { createList } from './list.js';
import type { MemoryService } from './memory-service.js';
import { createMutate } from './mutate.js';
import { createGet, createPatch } from './patch.js';
import { createRecalls } from './recall.js';
import { RecallTallies } from './recall-tallies.js';
import { createReorbit } from './reorbit.js';
import { createStats } from './stats.js';
import { createStore } from './store.js';
import { createTimeline } from './timeline.js';

/** Puts the use cases together. The caller runs `flush` every second or so and once more when draining. */
export function createMemoryService(dependencies: MemoryDependencies): MemoryService {
  const tallies = new RecallTallies(dependencies.tenants, dependencies.clock);
  return {
    ...createStore(dependencies, tallies),
    ...createRecalls(dependencies, tallies),
    forget: createForget(dependencies),
    get: createGet(dependencies),
    patch: createPatch(dependencies),
    mutate: createMutate(dependencies),
    list: createList(dependencies),
    timeline: createTimeline(dependencies),
    stats: createStats(dependencies),
    reorbit: createReorbit(dependencies),
    flush: () => tallies.flush(),
  };
}
