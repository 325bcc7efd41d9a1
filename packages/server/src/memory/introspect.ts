import type { ConfidentResponse } from '@stellar-memory/protocol';
import { epochSeconds } from '../domain/clock.js';
import { answerConfidence, knowledgeOf, wordsOf } from '../domain/context/introspection.js';
import type { MemoryRecord } from '../storage/statements/memories.js';
import type { ContextService } from './context-service.js';
import type { MemoryDependencies } from './dependencies.js';
import { termsOf } from './graph/likeness.js';
import type { MemoryService } from './memory-service.js';
import { searchMemories } from './search-memories.js';

/** Memories that are looked at, and words that are named, at most. */
const lookedAt = 50;
const namedWords = 50;
/** After this long without a recall a memory is not fresh: v2 took a day, in which agents know everything or nothing. */
const freshSeconds = 30 * 86_400;
/** Below it an answer is doubtful. */
const sureEnough = 0.3;

/** What is known about a topic. Nothing of it counts as a recall. */
export const createIntrospect =
  (dependencies: MemoryDependencies): ContextService['introspect'] =>
  async (userId, { topic, agent_id }) => {
    const { found } = await dependencies.tenants.withTenant(
      userId,
      (tx) => searchMemories(tx, dependencies, { q: topic, limit: lookedAt, agent_id }),
      { readOnly: true },
    );
    const records = found.map(({ record }) => record);
    const nowSeconds = epochSeconds(dependencies.clock);
    const { confidence, coverage, gaps, freshness, zones } = knowledgeOf(
      topic,
      records.map((record) => ({
        content: record.content,
        zone: record.zone,
        secondsSinceRecall: nowSeconds - (record.lastRecalledAt ?? record.createdAt),
      })),
      missing(topic, records),
      freshSeconds,
    );
    return {
      topic,
      confidence,
      coverage: coverage.slice(0, namedWords),
      gaps: [...gaps],
      memory_count: records.length,
      avg_freshness: freshness,
      zone_distribution: { ...zones },
    };
  };

/** Words of the topic none of whose forms is in a memory. */
function missing(topic: string, records: readonly MemoryRecord[]): string[] {
  const known = new Set(records.flatMap(({ content }) => [...termsOf(content).keys()]));
  return wordsOf([topic]).filter(
    (word) => ![...termsOf(word).keys()].some((term) => known.has(term)),
  );
}

/** A recall that says how far to trust it. */
export const createConfident =
  (memories: Pick<MemoryService, 'recall'>): ContextService['confident'] =>
  async (userId, { query, ...rest }): Promise<ConfidentResponse> => {
    const found = await memories.recall(userId, { q: query, ...rest });
    const confidence = answerConfidence(
      found.map(({ zone, orbit_score: score }) => ({
        zone,
        score: Math.min(1, Math.max(0, score)),
      })),
    );
    return { memories: found, confidence, warning: warningOf(query, found.length, confidence) };
  };

function warningOf(query: string, found: number, confidence: number): string | null {
  if (found === 0) return `No memories found for '${query}'`;
  return confidence < sureEnough ? `Little is known for '${query}'` : null;
}
