import type { RelatedMemory } from '@stellar-memory/protocol';
import { type Edge, hopsFrom, shortestPath } from '../../domain/context/memory-graph.js';
import { memoryId, type UserId } from '../../domain/ids.js';
import { StellarError } from '../../domain/stellar-error.js';
import { type MemoryRecord, selectMemory } from '../../storage/statements/memories.js';
import type { TenantTransaction } from '../../storage/tenant-door.js';
import { isOf } from '../as-agent.js';
import type { ContextService } from '../context-service.js';
import type { MemoryDependencies } from '../dependencies.js';
import { present } from '../present.js';
import { defaultLeastWeight, type Neighbourhood, neighbourhood } from './neighbourhood.js';

/** Ties that are followed from each memory on a way to another. */
const pathBreadth = 8;
/** The same around a memory, when it is looked at beyond its own: 40 looks at 12 memories each are not much to read. */
const deepBreadth = 12;

/** What lies around a memory, and ways from one to another. Nothing of it counts as a recall. */
export function createRelated({
  tenants,
  index,
}: Pick<MemoryDependencies, 'tenants' | 'index'>): Pick<ContextService, 'related' | 'path'> {
  const reading = <Answer>(
    userId: UserId,
    work: (tx: TenantTransaction) => Promise<Answer>,
  ): Promise<Answer> => tenants.withTenant(userId, work, { readOnly: true });
  return {
    related: (
      userId,
      id,
      { limit, depth, min_weight: leastWeight = defaultLeastWeight },
      agentId,
    ) =>
      reading(userId, async (tx) => {
        const start = await read(tx, id, agentId);
        const breadth = depth === 1 ? limit : Math.min(limit, deepBreadth);
        const reach = { depth, breadth, leastWeight, agentId };
        const around = await neighbourhood(tx, index, start, reach);
        const items = nearest(around, start.id, limit);
        return { items, ties: among(around.ties, [start.id, ...items.map((item) => item.id)]) };
      }),
    path: (userId, id, { to, max_hops, min_weight: leastWeight = defaultLeastWeight }, agentId) =>
      reading(userId, async (tx) => {
        const [start, end] = [await read(tx, id, agentId), await read(tx, to, agentId)];
        const reach = { depth: max_hops, breadth: pathBreadth, leastWeight, until: to, agentId };
        const { records, ties } = await neighbourhood(tx, index, start, reach);
        const way = shortestPath(ties, start.id, end.id, max_hops);
        if (way === undefined) return { hops: null, items: [] };
        return { hops: way.length - 1, items: way.map((one) => present(records.get(one)!)) };
      }),
  };
}

/** Errors: `not_found`, for another agent's too. */
async function read(
  tx: TenantTransaction,
  id: string,
  agentId: string | undefined,
): Promise<MemoryRecord> {
  const found = await selectMemory(tx, memoryId(id));
  if (found === undefined || !isOf(found, agentId)) throw new StellarError('not_found');
  return found;
}

/** The nearest by ties, then by weight. */
function nearest({ records, ties }: Neighbourhood, start: string, limit: number): RelatedMemory[] {
  const hops = hopsFrom(ties, start, Infinity, 'both');
  return [...hops]
    .slice(1)
    .map(([id, hop]) => ({
      ...present(records.get(id)!),
      hops: hop,
      weight: strongestTo(ties, id, (other) => hops.get(other) === hop - 1),
    }))
    .toSorted((one, other) => one.hops - other.hops || other.weight - one.weight)
    .slice(0, limit);
}

/** Weight of the strongest tie between a memory and those that come before it. */
const strongestTo = (
  ties: readonly Edge[],
  id: string,
  isBefore: (other: string) => boolean,
): number =>
  Math.max(
    ...ties
      .filter(({ from, to }) => (to === id && isBefore(from)) || (from === id && isBefore(to)))
      .map(({ weight }) => weight),
  );

/** Ties whose both ends are shown. */
function among(ties: readonly Edge[], ids: readonly string[]): Edge[] {
  const shown = new Set(ids);
  return ties.filter(({ from, to }) => shown.has(from) && shown.has(to));
}
