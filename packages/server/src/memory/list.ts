import { selectPage } from '../storage/statements/memories.js';
import { selectUsage, totalMemories } from '../storage/statements/tenant-usage.js';
import type { MemoryDependencies } from './dependencies.js';
import type { MemoryService } from './memory-service.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';
import { present } from './present.js';

/** Lists by score, a page at a time, with the exact total. Round trips: 1. */
export const createList =
  ({ tenants }: MemoryDependencies): MemoryService['list'] =>
  async (userId, query) => {
    const [score, id] = query.cursor === undefined ? [] : decodeCursor(query.cursor);
    const selection = {
      zone: query.zone,
      after: score === undefined || id === undefined ? undefined : { score, id },
      offset: query.offset ?? 0,
      // One more than asked for tells whether there is a next page.
      limit: query.limit + 1,
    };
    const [usage, found] = await tenants.withTenant(
      userId,
      (tx) => Promise.all([selectUsage(tx), selectPage(tx.ending, selection)]),
      { readOnly: true },
    );
    if (usage === undefined) throw new Error('the tenant has no counter row');
    const page = found.slice(0, query.limit);
    const last = page.at(-1);
    return {
      total: query.zone === undefined ? totalMemories(usage) : usage.zones[query.zone],
      items: page.map(present),
      next_cursor:
        last !== undefined && found.length > page.length
          ? encodeCursor([last.score, last.id])
          : null,
    };
  };
