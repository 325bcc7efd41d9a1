import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Replica } from '../../src/sync/replica.js';
import type { ChangesResponse } from '../../src/sync/sync-wire.js';
import type { Json } from '../../src/wire.js';
import { type Act, type Fault, FeedModel } from './feed-model.js';

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      ids: fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }),
      forget: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('trim' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const), back: fc.nat(5) }) },
);
const fault: fc.Arbitrary<Fault> = fc.constantFrom(
  'none',
  'none',
  'none',
  'lost',
  'twice',
  'old',
  'skipped',
  'crash',
);
const steps = fc.array(fc.record({ acts: fc.array(act, { maxLength: 4 }), fault }), {
  maxLength: 60,
});

const seen = (replica: Replica): unknown[] =>
  [...replica.ids].toSorted().map((id) => replica.get(id));

/** Takes a page if it can be taken. */
function offer(replica: Replica, page: ChangesResponse, saved: Map<string, Json>): boolean {
  const before = JSON.stringify([seen(replica), replica.cursor]);
  try {
    for (const [key, value] of replica.apply(page).writes)
      if (value === undefined) saved.delete(key);
      else saved.set(key, value);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'sync_gap' });
    // A page is taken whole or not at all.
    expect(JSON.stringify([seen(replica), replica.cursor])).toBe(before);
    return false;
  }
}

describe('a replica', () => {
  test('equals the database after any history of writes, lost, repeated, old and skipped pages, resets and crashes', () => {
    const rule = fc.property(steps, fc.integer({ min: 1, max: 4 }), (history, limit) => {
      const model = new FeedModel(limit);
      const saved = new Map<string, Json>();
      let replica = new Replica();
      const old: ChangesResponse[] = [];
      for (const { acts, fault } of history) {
        for (const each of acts) {
          // A cursor says nothing of memories that are newer than it: set back below them while somebody catches up,
          // the feed cannot tell.
          if (each.do !== 'restore' || replica.seq === model.head) model.act(each);
        }
        const page = model.read(replica.cursor);
        old.push(page);
        if (fault === 'lost') continue;
        if (fault === 'skipped') {
          offer(replica, { ...page, events: page.events.slice(1) }, saved);
          continue;
        }
        if (fault === 'old') offer(replica, old[Math.floor(old.length / 2)]!, saved);
        // Whoever took an old page asks again, from where that has left him.
        offer(replica, fault === 'old' ? model.read(replica.cursor) : page, saved);
        if (fault === 'twice') offer(replica, page, saved);
        if (fault === 'crash') replica = new Replica(structuredClone([...saved]));
      }
      for (let asked = 0; asked < 100; asked += 1) {
        const page = model.read(replica.cursor);
        expect(offer(replica, page, saved)).toBe(true);
        if (!page.more) break;
      }
      expect(seen(replica)).toEqual(model.memories);
      expect(seen(new Replica(saved))).toEqual(model.memories);
      expect(replica.seq).toBe(model.head);
    });
    fc.assert(rule, { numRuns: 2_000 });
  });
});
