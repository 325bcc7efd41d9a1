import type { RecallBatchQuery, RecalledMemory } from '@stellar-memory/protocol';
import { epochSeconds } from '../domain/clock.js';
import type { UserId } from '../domain/ids.js';
import type { QueryMeaning } from '../recall/vectors/query-embedder.js';
import { contextBlock } from './context-block.js';
import type { MemoryDependencies } from './dependencies.js';
import { explainMemory } from './explain-memory.js';
import type { MemoryService, OnWordsOnly } from './memory-service.js';
import { presentRecalled } from './present.js';
import { decodeRecallCursor, encodeRecallCursor } from './recall-cursor.js';
import type { RecallTallies } from './recall-tallies.js';
import {
  type FoundPage,
  guessMemories,
  type PlacedMemory,
  type SearchContext,
  searchMemories,
} from './search-memories.js';
import { SharedReads } from './shared-reads.js';

type Recalls = Pick<MemoryService, 'recall' | 'recallPage' | 'recallBatch' | 'recallContext'>;

/**
 * The ways to recall. Each is one read-only transaction, two when the node ranked what had changed meanwhile; what is
 * answered is counted in the node afterwards.
 */
export function createRecalls(dependencies: MemoryDependencies, tallies: RecallTallies): Recalls {
  const { tenants, clock, profile } = dependencies;
  const reads = new SharedReads(tenants);
  const count = (userId: UserId, ids: Iterable<string>): void =>
    tallies.add(userId, [...new Set(ids)], epochSeconds(clock));
  const presented = ({ found }: FoundPage): RecalledMemory[] =>
    found.map((memory) => presentFound(memory, { profile, nowSeconds: epochSeconds(clock) }));

  const recallPage: Recalls['recallPage'] = async (userId, query, onWordsOnly) => {
    const from = query.cursor === undefined ? undefined : decodeRecallCursor(query.cursor);
    const meaning = (await meaningsOf(dependencies, userId, [query], onWordsOnly))?.[0];
    const page = await find(dependencies, reads, userId, query, { from, meaning });
    const items = presented(page);
    count(userId, idsOf(items));
    return { items, nextCursor: page.next && encodeRecallCursor(page.next) };
  };

  return {
    recallPage,
    recall: async (userId, query) => (await recallPage(userId, query)).items,
    async recallBatch(userId, queries, onWordsOnly) {
      const meanings = await meaningsOf(dependencies, userId, queries, onWordsOnly);
      const pages = await tenants.withTenant(
        userId,
        async (tx) => {
          const [first, ...rest] = queries.map(
            (query, at) => () =>
              searchMemories(tx, dependencies, query, { meaning: meanings?.[at] }),
          );
          if (first === undefined) return [];
          // The first warms the index, so that the others, which travel together, need not read the same.
          return [await first(), ...(await Promise.all(rest.map((search) => search())))];
        },
        { readOnly: true },
      );
      const results = pages.map(presented);
      count(userId, results.flatMap(idsOf));
      return results;
    },
    async recallContext(userId, query, onWordsOnly) {
      const meaning = (await meaningsOf(dependencies, userId, [query], onWordsOnly))?.[0];
      const { found } = await find(dependencies, reads, userId, query, { meaning });
      const block = contextBlock(
        found.map(({ record }) => record),
        query.max_tokens,
      );
      count(userId, block.memories);
      return block;
    },
  };
}

const find = async (
  dependencies: MemoryDependencies,
  reads: SharedReads,
  userId: UserId,
  query: RecallBatchQuery,
  context: SearchContext,
): Promise<FoundPage> =>
  (await guessMemories(dependencies, reads, userId, query, context)) ??
  dependencies.tenants.withTenant(
    userId,
    (tx) => searchMemories(tx, dependencies, query, context),
    { readOnly: true },
  );

/** What queries mean; absent without an embedder. Before any transaction begins, so that none waits for one. */
async function meaningsOf(
  { meaning }: MemoryDependencies,
  userId: UserId,
  queries: readonly { readonly q: string }[],
  onWordsOnly: OnWordsOnly | undefined,
): Promise<readonly QueryMeaning[] | undefined> {
  const meanings = await meaning?.embed(
    userId,
    queries.map(({ q }) => q),
  );
  if (meanings?.some((spaces) => spaces.length === 0)) onWordsOnly?.();
  return meanings;
}

const idsOf = (memories: readonly RecalledMemory[]): string[] => memories.map(({ id }) => id);

function presentFound(
  { record, hit, orbit }: PlacedMemory,
  context: Pick<Parameters<typeof explainMemory>[2], 'profile' | 'nowSeconds'>,
): RecalledMemory {
  const memory = presentRecalled(record, hit.score);
  return hit.explanation === undefined
    ? memory
    : { ...memory, explain: explainMemory(record, hit.explanation, { ...context, placed: orbit }) };
}
