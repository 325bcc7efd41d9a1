import { firstSecond, secondsATurn, turnsASession } from './fill.js';
import { koreanText, koreanWord, word, zipfRank } from './texts.js';

/** A kind of query: its name, and the words of the next one. */
export type QueryKind = readonly [name: string, words: (random: () => number) => readonly string[]];

const rare = (random: () => number): string => word(5_000 + zipfRank(random, 20_000));
const typical = (random: () => number): string => word(50 + zipfRank(random, 20_000));

/** From the cheapest to the dearest for an index. */
export const queryKinds: readonly QueryKind[] = [
  ['3 rare words', (random) => [rare(random), rare(random), rare(random)]],
  [
    '3 typical + 1 frequent',
    (random) => [typical(random), typical(random), typical(random), word(20)],
  ],
  ['6 words', (random) => Array.from({ length: 6 }, () => typical(random))],
  ['with the commonest word', (random) => [typical(random), typical(random), word(0)]],
];

/** Questions as long as a query may be, of words that many memories have. */
export const longQueries: readonly QueryKind[] = [
  ['40 common words', (random) => Array.from({ length: 40 }, () => word(zipfRank(random, 400)))],
  ['16 Korean words, cut to 64 terms', (random) => [koreanText(random, 16, 400)]],
];

/** Two Korean words, one of them with a particle. */
export const koreanQuery: QueryKind = [
  '2 Korean words',
  (random) => [
    koreanWord(50 + zipfRank(random, 5_000)),
    `${koreanWord(zipfRank(random, 500))}에서`,
  ],
];

/** A kind of query behind a filter: parameters of the request, for a tenant of so many memories as `loadTenants` makes. */
export interface FilteredQuery {
  readonly kind: QueryKind;
  readonly filter: (random: () => number, memories: number) => string;
}

const common = queryKinds[3]!;
const behind = (
  name: string,
  [, words]: QueryKind,
  filter: FilteredQuery['filter'],
): FilteredQuery => ({ kind: [name, words], filter });

/** From what the index can tell to what only rows can, and to what nothing passes. */
export const filteredQueries: readonly FilteredQuery[] = [
  behind(
    'the commonest word, in one session',
    common,
    (random, memories) => `session_id=session-${Math.floor((random() * memories) / turnsASession)}`,
  ),
  behind('the commonest word, since a day', common, (random, memories) => {
    const at = firstSecond + Math.floor(random() * memories) * secondsATurn;
    return `since=${new Date(at * 1_000).toISOString()}`;
  }),
  behind('6 words, of one agent in five', queryKinds[2]!, () => 'agent_id=agent-3'),
  behind(
    'the commonest word, of one topic in a hundred',
    common,
    () => `metadata=${encodeURIComponent('{"topic":3}')}`,
  ),
  behind(
    'the commonest word, of a topic that is not there',
    common,
    () => `metadata=${encodeURIComponent('{"topic":1000}')}`,
  ),
];
