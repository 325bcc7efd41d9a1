import { limits } from '@stellar-memory/protocol';
import type { Edge } from '../../domain/context/memory-graph.js';
import type { LexicalIndex } from '../../recall/lexical-index.js';
import {
  type MemoryRecord,
  matchingDocs,
  selectMemoriesByDoc,
} from '../../storage/statements/memories.js';
import type { TenantTransaction } from '../../storage/tenant-door.js';

/** Memories around one and the ties that lead to them. */
export interface Neighbourhood {
  readonly records: ReadonlyMap<string, MemoryRecord>;
  readonly ties: readonly Edge[];
}

/** How far to look. */
export interface Reach {
  readonly depth: number;
  /** Ties from each memory. */
  readonly breadth: number;
  /** Weaker ties are none. */
  readonly leastWeight: number;
  /** Looking ends where this one is found. */
  readonly until?: string;
  /** Only what is this agent's. */
  readonly agentId?: string | undefined;
}

/** Memories whose ties are looked up at most: each is a search of the index. */
const searches = 40;

/** Ties that are weaker are left out unless somebody asks for them. */
export const defaultLeastWeight = 0.2;

/**
 * What is related to a memory: what its own text finds in the tenant's index, then what that finds, and so on. The
 * weight of a tie is the other's relevance as a share of the memory's own, so that nothing has to be stored or kept
 * up to date.
 */
export async function neighbourhood(
  tx: TenantTransaction,
  index: LexicalIndex,
  start: MemoryRecord,
  reach: Reach,
): Promise<Neighbourhood> {
  const records = new Map<string, MemoryRecord>([[start.id, start]]);
  const ties: Edge[] = [];
  let frontier = [start];
  let left = searches;
  for (let hop = 1; hop <= reach.depth && frontier.length > 0; hop += 1) {
    const asked = frontier.slice(0, left);
    left -= asked.length;
    const found = await Promise.all(asked.map((record) => tiesOf(tx, index, record, reach)));
    ties.push(...found.flatMap((one) => one.ties));
    frontier = found.flatMap((one) => one.records).filter(({ id }) => !records.has(id));
    for (const record of frontier) records.set(record.id, record);
    if (reach.until !== undefined && records.has(reach.until)) break;
  }
  return { records, ties };
}

async function tiesOf(
  tx: TenantTransaction,
  index: LexicalIndex,
  record: MemoryRecord,
  { breadth, leastWeight, agentId }: Reach,
): Promise<{ readonly ties: Edge[]; readonly records: MemoryRecord[] }> {
  const hits = await index.search(tx, {
    text: record.content.slice(0, limits.queryCharacters),
    // Itself is among them.
    limit: breadth + 1,
    ...(agentId === undefined ? {} : { matching: ofAgent(tx, agentId) }),
  });
  const own = hits.find(({ doc }) => doc === record.doc)?.score ?? hits[0]?.score ?? 0;
  const weights = new Map(
    hits
      .filter(({ doc, score }) => doc !== record.doc && score >= leastWeight * own)
      .slice(0, breadth)
      .map(({ doc, score }) => [doc, Math.min(1, score / own)]),
  );
  const records = weights.size === 0 ? [] : await selectMemoriesByDoc(tx, [...weights.keys()]);
  const ties = records
    .map(({ id, doc }) => ({ from: record.id, to: id, weight: weights.get(doc)! }))
    .toSorted((one, other) => other.weight - one.weight);
  return { ties, records };
}

const ofAgent =
  (tx: TenantTransaction, agentId: string) =>
  (docs: readonly number[]): Promise<number[]> =>
    matchingDocs(tx, docs, { ...everything, agentId });

const everything = {
  zone: undefined,
  since: undefined,
  until: undefined,
  sessionId: undefined,
  metadata: undefined,
};
