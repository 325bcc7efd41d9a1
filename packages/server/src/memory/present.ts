import type { Memory, MemoryInOrbit, RecalledMemory } from '@stellar-memory/protocol';
import { emotionOf } from '../domain/context/emotion.js';
import type { MemoryRecord } from '../storage/statements/memories.js';
import type { MemoryLink } from '../storage/statements/memory-links.js';

/** A stored memory as its owner sees it. */
export const present = (record: Omit<MemoryRecord, 'doc'>): Memory => ({
  id: record.id,
  content: record.content,
  zone: record.zone,
  score: record.score,
  importance: record.importance,
  recall_count: record.recallCount,
  last_recalled_at: record.lastRecalledAt,
  emotion: emotionOf(record.content),
  created_at: record.createdAt,
  updated_at: record.updatedAt,
  occurred_at: record.occurredAt,
  agent_id: record.agentId,
  session_id: record.sessionId,
  speaker: record.speaker,
  role: record.role,
  pinned: record.pinned,
  metadata: record.metadata as Memory['metadata'],
});

/** A link as its owner sees it. */
export const presentLink = ({
  other,
  relation,
  similarity,
}: MemoryLink): MemoryInOrbit['links'][number] => ({ id: other, relation, similarity });

/** A recalled memory: `score` is its relevance. */
export const presentRecalled = (record: MemoryRecord, relevance: number): RecalledMemory =>
  Object.assign(present(record), { score: relevance, orbit_score: record.score });

/** Version tag of a memory: document number and time of the last edit, which every edit moves on. */
export const etagOf = (record: MemoryRecord): string =>
  `${record.doc}-${Math.round(record.updatedAt * 1000)}`;
