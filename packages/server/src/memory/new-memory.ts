import type { StoreRequest, Zone } from '@stellar-memory/protocol';
import { type Clock, epochSeconds } from '../domain/clock.js';
import { memoryId, uuidv7 } from '../domain/ids.js';
import { naturalZone } from '../domain/orbit.js';
import { orbitScore, type ScoreProfile } from '../domain/score.js';
import type { LexicalIndex } from '../recall/lexical-index.js';
import type { NewMemory } from '../storage/statements/memories.js';

/** Score and zone of a memory that is about to be stored, before any capacity is looked at. */
function orbitAtStore(
  profile: ScoreProfile,
  importance: number,
  now: number,
): { readonly score: number; readonly zone: Zone } {
  const score = orbitScore(profile, { recallCount: 0, secondsSinceRecall: 0, importance });
  const stored = { importance, recallCount: 0, lastRecalledAt: now, pinned: false };
  return { score, zone: naturalZone(profile, stored, now) };
}

/** Makes the row and the index entry of a memory, before any transaction begins. */
export function newMemory(
  request: StoreRequest,
  context: { readonly clock: Clock; readonly profile: ScoreProfile; readonly index: LexicalIndex },
): NewMemory {
  const { clock, profile, index } = context;
  const createdAt = epochSeconds(clock);
  const document = {
    content: request.content,
    sessionId: request.session_id ?? null,
    speaker: request.speaker ?? null,
    role: request.role ?? null,
    occurredAt: request.occurred_at ?? null,
    createdAt,
    agentId: request.agent_id ?? null,
    metadata: request.metadata,
  };
  return {
    ...document,
    ...orbitAtStore(profile, request.importance, createdAt),
    id: memoryId(uuidv7(clock.nowMs())),
    importance: request.importance,
    pinned: request.pinned,
    entry: index.encode(document),
  };
}
