import { count, seeded } from './random.js';

/** What an agent does: stores a memory, or recalls one. Times are epoch seconds. */
export type AgentEvent =
  | {
      readonly at: number;
      readonly kind: 'store';
      readonly id: string;
      readonly sort: Sort;
      readonly importance: number;
    }
  | { readonly at: number; readonly kind: 'recall'; readonly id: string };

/** Facts about the user, notes of a project, and what was merely said. */
export type Sort = 'fact' | 'note' | 'chatter';

const hour = 3_600;
/** The year begins here, a Monday: epoch seconds. */
export const yearBegins = 1_735_516_800;
export const hoursOfYear = 8_760;

interface Known {
  readonly id: string;
  readonly storedAt: number;
  readonly project: number;
}

const importances: Readonly<Record<Sort, readonly [number, number]>> = {
  fact: [0.6, 1],
  note: [0.4, 0.7],
  chatter: [0.1, 0.5],
};

/**
 * A year of an agent that works with somebody for ten hours on weekdays: about 10,000 memories, of which 8 % are facts
 * about the user, 47 % notes of the project at hand (a new one every 26 days on average, two at a time) and 45 %
 * chatter. It asks twelve times a day and gets five memories each time: about its projects mostly, of which younger
 * notes are asked for more often, about facts, where a few are asked for again and again, and about the last two days.
 */
export function* agentYear(seed: number): Generator<AgentEvent> {
  const random = seeded(seed);
  const known: Record<Sort, Known[]> = { fact: [], note: [], chatter: [] };
  const projects = [0, 1];
  let stored = 0;
  for (let step = 0; step < hoursOfYear; step += 1) {
    const at = yearBegins + step * hour;
    if (random() < 1 / (13 * 24))
      projects.splice(random() < 0.5 ? 0 : 1, 1, Math.max(...projects) + 1);
    if (!atWork(step)) continue;
    for (let left = count(random, 3.85); left > 0; left -= 1) {
      const sort = pickSort(random());
      const id = `m${stored}`;
      stored += 1;
      const [low, high] = importances[sort];
      known[sort].push({ id, storedAt: at, project: pick(projects, random()) });
      yield { at, kind: 'store', id, sort, importance: round(low + (high - low) * random()) };
    }
    for (let left = count(random, 1.2); left > 0; left -= 1)
      for (const id of asked(known, projects, random)) yield { at, kind: 'recall', id };
  }
}

const atWork = (step: number): boolean => {
  const [day, clock] = [Math.floor(step / 24) % 7, step % 24];
  return day < 5 && clock >= 8 && clock < 18;
};

const pickSort = (draw: number): Sort => (draw < 0.08 ? 'fact' : draw < 0.55 ? 'note' : 'chatter');
const round = (value: number): number => Math.round(value * 20) / 20;
/** The value so far into the list: 0 is the first, 1 the last. */
const pick = <Value>(from: readonly Value[], share: number): Value =>
  from[Math.min(Math.floor(share * from.length), from.length - 1)]!;

/** Up to five memories that one question brings back. */
function asked(
  known: Readonly<Record<Sort, readonly Known[]>>,
  projects: readonly number[],
  random: () => number,
): Set<string> {
  const about = random();
  const [from, skew] =
    about < 0.6
      ? [known.note.filter(({ project }) => projects.includes(project)), 2]
      : about < 0.85
        ? [known.fact.toReversed(), 3]
        : [known.chatter.slice(-80), 1];
  const ids = new Set<string>();
  // The skew draws the end of the list: young notes, and the few facts that were told first.
  for (let draw = 0; draw < 5 && from.length > 0; draw += 1)
    ids.add(pick(from, 1 - random() ** skew * 0.999_999).id);
  return ids;
}
