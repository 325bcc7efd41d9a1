import type { Clock } from '../domain/clock.js';
import type { UserId } from '../domain/ids.js';
import type { ScoreProfile } from '../domain/score.js';
import type { LexicalIndex } from '../recall/lexical-index.js';
import type { MeaningSearch } from '../recall/vectors/meaning-search.js';
import type { GrowthUsage } from '../storage/statements/store-memories.js';
import type { TenantDoor } from '../storage/tenant-door.js';

/** Hears how much of a tenant's limits is in use. */
export interface UsageWatch {
  note(userId: UserId, usage: GrowthUsage): void;
}

/** What every use case is given. */
export interface MemoryDependencies {
  readonly tenants: TenantDoor;
  readonly index: LexicalIndex;
  /** Recall by meaning beside words; absent without an embedder. */
  readonly meaning?: MeaningSearch | undefined;
  readonly clock: Clock;
  readonly profile: ScoreProfile;
  /** Where a full store is sent to; absent when nothing is sold here. */
  readonly upgradeUrl?: string;
  /** Told of what is in use after every store. */
  readonly warnings?: UsageWatch;
}
