import { zones } from '@stellar-memory/protocol';
import { OrbitModel } from '../../packages/server/src/domain/orbit-model.js';
import type { ScoreProfile } from '../../packages/server/src/domain/score.js';
import { type AgentEvent, hoursOfYear, type Sort, yearBegins } from './agent-year.js';

/** What a profile made of a year. */
export interface YearResult {
  /** Memories in each zone at the end. */
  readonly counts: readonly number[];
  /** Of the memories of each sort at the end, those in each zone. */
  readonly bySort: Readonly<Record<Sort, readonly number[]>>;
  /** By month, how many recalled memories were in each zone when they were asked for. */
  readonly recalledFrom: readonly (readonly number[])[];
  readonly moves: number;
}

const hoursOfMonth = hoursOfYear / 12;

/** Lives the year by one profile: an hourly sweep, and every event as it comes. */
export function runYear(profile: ScoreProfile, events: readonly AgentEvent[]): YearResult {
  const model = new OrbitModel(profile);
  const bySort = { fact: [0, 0, 0, 0, 0], note: [0, 0, 0, 0, 0], chatter: [0, 0, 0, 0, 0] };
  const recalledFrom = Array.from({ length: 12 }, () => [0, 0, 0, 0, 0]);
  let next = 0;
  for (let step = 0; step < hoursOfYear; step += 1) {
    const now = yearBegins + step * 3_600;
    model.sweep(now);
    for (; next < events.length && events[next]!.at <= now; next += 1) {
      const event = events[next]!;
      if (event.kind === 'recall')
        recalledFrom[Math.floor(step / hoursOfMonth)]![model.memories.get(event.id)!.zone]! += 1;
      live(model, event);
    }
  }
  for (const event of events)
    if (event.kind === 'store') bySort[event.sort][model.memories.get(event.id)!.zone]! += 1;
  const counts = zones.map((zone) => model.count(zone));
  return { counts, bySort, recalledFrom, moves: model.moves };
}

function live(model: OrbitModel, event: AgentEvent): void {
  const { id, at } = event;
  if (event.kind === 'recall') model.recall(id, at);
  else {
    const { importance } = event;
    model.store({ id, importance, recallCount: 0, lastRecalledAt: at, pinned: false });
  }
}

/** Per cent of what was recalled from `fromMonth` on that was in zones 0 to `zone`. */
export function shareWithin(result: YearResult, zone: number, fromMonth = 3): number {
  const months = result.recalledFrom.slice(fromMonth).flat();
  const all = months.reduce((sum, count) => sum + count, 0);
  const within = months.filter((_, at) => at % 5 <= zone).reduce((sum, count) => sum + count, 0);
  return (100 * within) / all;
}
