import type { HistoryResponse } from '@stellar-memory/protocol';
import { StellarError } from '../domain/stellar-error.js';
import { memoryExists } from '../storage/statements/memories.js';
import { type NumberedVersion, selectVersions } from '../storage/statements/memory-versions.js';
import type { MemoryDependencies } from './dependencies.js';
import type { LifeService } from './life-service.js';

/** Reads a page of what a memory said before, the newest first. Round trips: 1. */
export const createHistory =
  ({ tenants }: Pick<MemoryDependencies, 'tenants'>): LifeService['history'] =>
  async (userId, id, { limit, cursor }) => {
    const below = cursor === undefined ? undefined : Number(cursor);
    const [exists, found] = await tenants.withTenant(
      userId,
      // One more than asked for tells whether there is a next page.
      (tx) =>
        Promise.all([
          memoryExists(tx, id),
          selectVersions(tx.ending, id, { below, limit: limit + 1 }),
        ]),
      { readOnly: true },
    );
    if (!exists) throw new StellarError('not_found');
    const page = found.slice(0, limit);
    return {
      items: page.map(presentVersion),
      next_cursor: found.length > page.length ? `${page.at(-1)!.version}` : null,
    };
  };

const presentVersion = ({
  replacedAt,
  metadata,
  ...version
}: NumberedVersion): HistoryResponse['items'][number] => ({
  ...version,
  metadata: metadata as HistoryResponse['items'][number]['metadata'],
  replaced_at: replacedAt,
});
