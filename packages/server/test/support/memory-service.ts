import { defaultProfile } from '../../src/domain/score-profiles.js';
import { StellarError } from '../../src/domain/stellar-error.js';
import { createLifeService } from '../../src/memory/create-life-service.js';
import { createMemoryService } from '../../src/memory/create-memory-service.js';
import type { MemoryDependencies } from '../../src/memory/dependencies.js';
import type { LifeService } from '../../src/memory/life-service.js';
import type { MemoryService } from '../../src/memory/memory-service.js';
import {
  createLexicalIndex,
  type RunningLexicalIndex,
} from '../../src/recall/index/create-lexical-index.js';
import { textRanking } from '../../src/recall/text-ranking.js';
import type { Database } from '../../src/storage/database.js';
import { createTenantDoor } from '../../src/storage/tenant-door.js';
import { closeFirst } from './close-first.js';

/** A node's memory service over a database, wired as the app wires it. */
export interface TestNode {
  readonly memories: MemoryService;
  readonly life: LifeService;
  readonly index: RunningLexicalIndex;
}

/** A merge that found no connection is tried again after the next changes; any other failure is one of the test. */
function unlessBusy(error: unknown): void {
  if (!(error instanceof StellarError && error.code === 'unavailable')) throw error;
}

/** Wires the use cases over a database. Two calls are two nodes: they share nothing but the database. */
export function openNode(database: Database, extra: Partial<MemoryDependencies> = {}): TestNode {
  const tenants = createTenantDoor(database);
  const index = createLexicalIndex({
    tenants,
    ranking: textRanking,
    onMergeError: unlessBusy,
  });
  closeFirst(database, () => index.close());
  const clock = { nowMs: () => Date.now() };
  const dependencies = { tenants, index, clock, profile: defaultProfile, ...extra };
  return {
    index,
    memories: createMemoryService(dependencies),
    life: createLifeService(dependencies),
  };
}
