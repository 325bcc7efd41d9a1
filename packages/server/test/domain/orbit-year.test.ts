import { type Zone, zoneCapacities, zones } from '@stellar-memory/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AgentEvent,
  agentYear,
  hoursOfYear,
  yearBegins,
} from '../../../../scripts/orbit/agent-year.js';
import { OrbitModel } from '../../src/domain/orbit-model.js';
import { defaultProfile } from '../../src/domain/score-profiles.js';
import { OrbitOracle } from '../support/orbit-oracle.js';

const asMemory = (event: Extract<AgentEvent, { kind: 'store' }>) => ({
  id: event.id,
  importance: event.importance,
  recallCount: 0,
  lastRecalledAt: event.at,
  pinned: event.importance === 1 && event.id.endsWith('7'),
});

const apply = (orbits: OrbitModel | OrbitOracle, event: AgentEvent): void => {
  if (event.kind === 'store') orbits.store(asMemory(event));
  else orbits.recall(event.id, event.at);
};

const zonesOf = (model: OrbitModel): Map<string, Zone> =>
  new Map([...model.memories.values()].map(({ id, zone }) => [id, zone]));

/** What it took of a processor, whatever else the machine does. */
const cpuSeconds = (): number => process.cpuUsage().user / 1e6;

describe('a year by the hour', () => {
  it('of 10,000 memories takes at most ten seconds, exceeds no capacity and loses none', () => {
    const events = [...agentYear(7)];
    const model = new OrbitModel(defaultProfile);
    const begun = cpuSeconds();
    let stored = 0;
    let at = 0;
    for (let step = 0; step < hoursOfYear; step += 1) {
      const now = yearBegins + step * 3_600;
      model.sweep(now);
      for (; at < events.length && events[at]!.at <= now; at += 1) {
        apply(model, events[at]!);
        if (events[at]!.kind === 'store') stored += 1;
      }
      const counts = zones.map((zone) => model.count(zone));
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(stored);
      for (const zone of zones)
        if (counts[zone]! > (zoneCapacities[zone] ?? Infinity))
          expect.fail(`zone ${zone} at ${now}`);
    }
    expect(cpuSeconds() - begun).toBeLessThan(10);
    expect(stored).toBeGreaterThan(9_500);
    expect(zonesOf(model).size).toBe(stored);
  });

  it('has the zones that brute force finds, at every checkpoint', () => {
    const capacities = { 0: 5, 1: 12, 2: 60, 3: null, 4: null };
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 6, max: 14 }),
        (seed, keep) => {
          const events = thinned([...agentYear(seed)], keep);
          const model = new OrbitModel(defaultProfile, capacities);
          const oracle = new OrbitOracle(defaultProfile, capacities);
          let at = 0;
          for (let step = 0; step < hoursOfYear; step += 1) {
            const now = yearBegins + step * 3_600;
            model.sweep(now);
            oracle.sweep(now);
            for (; at < events.length && events[at]!.at <= now; at += 1) {
              apply(model, events[at]!);
              apply(oracle, events[at]!);
            }
            if (step % 168 === 0 || step === hoursOfYear - 1)
              expect(zonesOf(model)).toEqual(oracle.zones());
          }
        },
      ),
      { numRuns: 3 },
    );
  });
});

/** One memory of so many, and what is recalled of those. */
function thinned(events: readonly AgentEvent[], keep: number): AgentEvent[] {
  const kept = new Set<string>();
  return events.filter((event, at) => {
    if (event.kind === 'store' && at % keep === 0) kept.add(event.id);
    return kept.has(event.id);
  });
}
