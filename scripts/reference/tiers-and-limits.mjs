import {
  limits,
  tierLimits,
  zoneCapacities,
  zoneNames,
  zones,
} from '../../packages/protocol/src/index.ts';
import { page, table } from './markdown.mjs';

/** @param {number | null} value */
const count = (value) => (value === null ? 'unlimited' : value.toLocaleString('en-US'));

/** @type {Record<keyof typeof limits, string>} */
const meaning = {
  bodyBytes: 'bytes of a request body',
  contentBytes: "bytes of a memory's content, as UTF-8",
  queryCharacters: 'characters of a query',
  queryTerms: 'terms of a query, after text analysis',
  metadataKeys: 'keys of a metadata object, at all levels',
  metadataDepth: 'levels of nesting of a metadata object',
  pageItems: 'items of a list or a recall',
  filterKeys: 'keys of a metadata filter',
  filterCharacters: 'characters of a metadata filter in a query string',
  batchQueries: 'queries of one recall batch',
  narratedMemories: 'memories that one narrative is told from',
  contextTokens: 'tokens of a context block, by its estimate',
  waitSeconds: 'seconds that a request may wait for a change',
  batchItems: 'memories of one batch',
  mutations: 'mutations of one request',
  mutationOps: 'operations of one mutation',
  recallsAnOp: 'recalls that one operation reports',
  clockAheadMs: "milliseconds that a client's clock may be ahead; beyond, it counts as this",
  labelCharacters: 'characters of an agent, session, speaker or role',
  keyNameCharacters: "characters of an API key's name",
  rotationOverlapSeconds: 'seconds that a rotated API key works on beside its successor',
  reasonCharacters: "characters of an operator's reason",
  importLineBytes: 'bytes of one line of an import',
  idempotencyKeyCharacters: 'characters of an Idempotency-Key',
};

/** Tiers, sizes and zones. */
export const tiersAndLimits = () =>
  page('Tiers and limits', [
    '## Tiers',
    table(
      ['tier', 'US$ a month', 'memories', 'agents', 'requests a minute', 'API keys'],
      Object.entries(tierLimits).map(([tier, limit]) => [
        `\`${tier}\``,
        limit.pricePerMonthUsd === null ? 'not sold' : `${limit.pricePerMonthUsd}`,
        count(limit.memories),
        count(limit.agents),
        count(limit.requestsPerMinute),
        count(limit.apiKeys),
      ]),
    ),
    '`local` is the account that the first start of the embedded engine makes. A lower tier never deletes or ' +
      'hides anything: over its limit only growth is refused.',
    '## Sizes of a request',
    table(
      ['at most', 'of'],
      Object.entries(meaning).map(([name, what]) => [
        count(limits[/** @type {keyof typeof limits} */ (name)]),
        what,
      ]),
    ),
    '## Zones',
    table(
      ['zone', 'name', 'memories of one tenant'],
      zones.map((zone) => [`${zone}`, zoneNames[zone], count(zoneCapacities[zone])]),
    ),
  ]);
