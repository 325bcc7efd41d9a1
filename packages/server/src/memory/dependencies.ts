import type { Clock } from '../domain/clock.js';
import type { ScoreProfile } from '../domain/score.js';
import type { LexicalIndex } from '../recall/lexical-index.js';
import type { TenantDoor } from '../storage/tenant-door.js';

/** What every use case is given. */
export interface MemoryDependencies {
  readonly tenants: TenantDoor;
  readonly index: LexicalIndex;
  readonly clock: Clock;
  readonly profile: ScoreProfile;
  /** Where a full store is sent to; absent when nothing is sold here. */
  readonly upgradeUrl?: string;
}
