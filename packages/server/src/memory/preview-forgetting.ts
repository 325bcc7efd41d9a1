import { epochSeconds } from '../domain/clock.js';
import { idleBefore, usualForgetDays } from '../domain/forgetting.js';
import { selectGivenUp } from '../storage/statements/idle-memories.js';
import { selectMemoriesByDoc } from '../storage/statements/memories.js';
import { selectSettings } from '../storage/statements/tenant-settings.js';
import type { MemoryDependencies } from './dependencies.js';
import type { LifeService } from './life-service.js';
import { present } from './present.js';

/** Memories that are shown, and that are counted. */
const page = { items: 50, count: 10_000 };

/** What would be forgotten now. Round trips: 3. */
export const createPreviewForgetting =
  ({
    tenants,
    clock,
  }: Pick<MemoryDependencies, 'tenants' | 'clock'>): LifeService['previewForgetting'] =>
  (userId, { after_days }) =>
    tenants.withTenant(
      userId,
      async (tx) => {
        const days = after_days ?? (await selectSettings(tx)).forgetAfterDays ?? usualForgetDays;
        const { docs, count } = await selectGivenUp(
          tx,
          idleBefore(days, epochSeconds(clock)),
          page,
        );
        const memories = await selectMemoriesByDoc(tx, docs);
        const places = new Map(docs.map((doc, at) => [doc, at]));
        return {
          after_days: days,
          count,
          counted_all: count < page.count,
          items: memories
            .toSorted((one, other) => places.get(one.doc)! - places.get(other.doc)!)
            .map(present),
        };
      },
      { readOnly: true },
    );
