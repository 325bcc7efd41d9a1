import { StellarError } from '../domain/stellar-error.js';
import { type ListPosition, selectPage } from '../storage/statements/memories.js';
import { selectUsage, totalMemories } from '../storage/statements/tenant-usage.js';
import type { MemoryDependencies } from './dependencies.js';
import type { MemoryService } from './memory-service.js';
import { present } from './present.js';

/** Lists by score, a page at a time, with the exact total. Round trips: 1. */
export const createList =
  ({ tenants }: MemoryDependencies): MemoryService['list'] =>
  async (userId, query) => {
    const selection = {
      zone: query.zone,
      after: query.cursor === undefined ? undefined : decodeCursor(query.cursor),
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
      next_cursor: last !== undefined && found.length > page.length ? encodeCursor(last) : null,
    };
  };

const encodeCursor = ({ score, id }: ListPosition): string =>
  Buffer.from(JSON.stringify([score, id])).toString('base64url');

function decodeCursor(cursor: string): ListPosition {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(decoded) && decoded.length === 2) {
      const [score, id] = decoded as unknown[];
      if (Number.isFinite(score) && typeof id === 'string' && !id.includes('\u0000'))
        return { score: score as number, id };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new StellarError('bad_request', { detail: 'The cursor is not one that this server gave.' });
}
