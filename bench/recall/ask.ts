import { httpLoad } from '../harness/http-load.js';
import type { Measurement } from '../harness/percentiles.js';
import type { QueryKind } from '../harness/queries.js';
import type { RunningServer } from '../harness/running-server.js';
import { seeded } from '../harness/texts.js';

/** What else a request may have. */
interface Further {
  readonly seed?: number;
  /** Further parameters. */
  readonly filter?: (random: () => number) => string;
}

/** Asks one kind of query over HTTP for so many seconds, one request at a time, the tenants in turn. */
export function ask(
  { origin }: Pick<RunningServer, 'origin'>,
  keys: readonly string[],
  [, words]: QueryKind,
  seconds: number,
  { seed = keys.length, filter }: Further = {},
): Promise<Measurement> {
  const random = seeded(seed);
  return httpLoad(origin, 1, seconds, (_client, round) => ({
    method: 'GET',
    path: `/api/v1/recall?q=${encodeURIComponent(words(random).join(' '))}&limit=10${filter === undefined ? '' : `&${filter(random)}`}`,
    key: keys[round % keys.length]!,
  }));
}
