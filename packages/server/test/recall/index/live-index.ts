import { StoreRequest } from '@stellar-memory/protocol';
import { expect } from 'vitest';
import type { MemoryId, UserId } from '../../../src/domain/ids.js';
import { memoryId } from '../../../src/domain/ids.js';
import { defaultProfile } from '../../../src/domain/score-profiles.js';
import { createMemoryService } from '../../../src/memory/create-memory-service.js';
import type { MemoryService } from '../../../src/memory/memory-service.js';
import {
  createLexicalIndex,
  type RunningLexicalIndex,
} from '../../../src/recall/index/create-lexical-index.js';
import { defaultMergePolicy, type MergePolicy } from '../../../src/recall/index/merge-policy.js';
import type { SearchHit } from '../../../src/recall/lexical-index.js';
import { sql } from '../../../src/storage/sql.js';
import type { TenantDoor, TenantTransaction } from '../../../src/storage/tenant-door.js';
import { bm25, inverseDocumentFrequency, plainRanking } from './plain-ranking.js';

/** Merges after a handful of memories, so that short histories meet every kind of merge. */
export const eagerPolicy: MergePolicy = {
  ...defaultMergePolicy,
  recentDocuments: 6,
  fanout: 2,
  deadDocuments: 2,
  recentAtOnce: 50,
  recentBytes: 500,
  unindexedBytes: 300,
};

/** What a process of the server has: an index with its cache, and the use cases over it. */
export interface TestNode {
  readonly index: RunningLexicalIndex;
  readonly memories: MemoryService;
}

/** Starts a node. A failed merge fails the test that looks at `errors`. */
export function startNode(
  tenants: TenantDoor,
  options: { readonly policy?: MergePolicy; readonly cacheBytes?: number; errors?: unknown[] } = {},
): TestNode {
  const { policy = eagerPolicy, cacheBytes, errors } = options;
  const index = createLexicalIndex({
    tenants,
    ranking: plainRanking,
    policy,
    onMergeError: (error) => errors?.push(error),
    ...(cacheBytes === undefined ? {} : { cacheBytes }),
  });
  const clock = { nowMs: () => 1_700_000_000_000 };
  const memories = createMemoryService({ tenants, index, clock, profile: defaultProfile });
  return { index, memories };
}

/** A store request of this text. */
export const request = (content: string, facts: Partial<StoreRequest> = {}): StoreRequest =>
  StoreRequest.parse({ content, ...facts });

export const store = async (node: TestNode, user: UserId, content: string): Promise<MemoryId> =>
  memoryId((await node.memories.store(user, request(content))).id);

/** Searches in one snapshot and holds what was found to what the memories of the same snapshot say. */
export async function expectExactSearch(
  tenants: TenantDoor,
  { index }: TestNode,
  user: UserId,
  text: string,
): Promise<SearchHit[]> {
  return tenants.withTenant(
    user,
    async (tx) => {
      const found = await index.search(tx, { text, limit: 1_000 });
      expect(found).toEqual(await rankMemories(tx, text));
      return found;
    },
    { readOnly: true },
  );
}

/** BM25 over the rows of `memories`, without any index. */
async function rankMemories(tx: TenantTransaction, text: string): Promise<SearchHit[]> {
  const rows = await tx.query(sql<{ doc: number; content: string }>`
    select doc, content from memories where user_id = ${tx.userId} order by doc desc`);
  const documents = rows.map(({ doc, content }) => ({ doc, words: content.split(' ') }));
  const total = documents.reduce((sum, { words }) => sum + words.length, 0);
  const scores = new Map<number, number>();
  for (const term of new Set(text.split(' '))) {
    const matching = documents.filter(({ words }) => words.includes(term));
    const idf = inverseDocumentFrequency(documents.length, matching.length);
    for (const { doc, words } of matching) {
      const frequency = words.filter((word) => word === term).length;
      const part = bm25(idf, frequency, words.length, total / documents.length);
      scores.set(doc, (scores.get(doc) ?? 0) + part);
    }
  }
  return [...scores]
    .map(([doc, score]) => ({ doc, score }))
    .sort((a, b) => b.score - a.score || b.doc - a.doc);
}

/** Texts of common and rare words, another for each number. */
export const textOf = (number: number): string =>
  `all ${number % 2 === 0 ? 'even' : 'odd odd'} third${number % 3} tenth${number % 10} only${number}`;
