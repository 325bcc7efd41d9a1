import { epochSeconds } from '../domain/clock.js';
import { matchingDocs, selectMemoriesByDoc } from '../storage/statements/memories.js';
import type { MemoryDependencies } from './dependencies.js';
import type { MemoryService } from './memory-service.js';
import { presentRecalled } from './present.js';
import type { RecallTallies } from './recall-tallies.js';

/**
 * Ranks the tenant's memories against the query, then reads the best ones.
 * Filters apply to the ranked list before the limit, so that a filter never makes an answer shorter than it must be.
 * Round trips: 2 (index state, contents) while the index is cached, 3 when something of it must be read.
 */
export const createRecall =
  (dependencies: MemoryDependencies, tallies: RecallTallies): MemoryService['recall'] =>
  async (userId, query) => {
    const { tenants, index, clock } = dependencies;
    // No memory carries an emotion yet, so none can match one.
    if (query.emotion !== undefined) return [];
    const filter = {
      zone: query.zone,
      since: query.since,
      until: query.until,
      agentId: query.agent_id,
      sessionId: query.session_id,
    };
    const filtered = Object.values(filter).some((value) => value !== undefined);
    const recalled = await tenants.withTenant(
      userId,
      async (tx) => {
        const hits = await index.search(tx, {
          text: query.q,
          limit: query.limit,
          ...(filtered ? { matching: (docs) => matchingDocs(tx, docs, filter) } : {}),
        });
        if (hits.length === 0) return [];
        const found = await selectMemoriesByDoc(
          tx,
          hits.map((hit) => hit.doc),
        );
        const byDoc = new Map(found.map((memory) => [memory.doc, memory]));
        return hits.flatMap((hit) => {
          const memory = byDoc.get(hit.doc);
          return memory === undefined ? [] : [presentRecalled(memory, hit.score)];
        });
      },
      { readOnly: true },
    );
    tallies.add(
      userId,
      recalled.map((memory) => memory.id),
      epochSeconds(clock),
    );
    return recalled;
  };
