import type { MemoryId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';
import type { MemoryRecord } from './memories.js';
import { editedLeavesAt } from './orbits.js';

/** A memory as an edit leaves it. */
export interface EditedMemory {
  readonly memory: MemoryRecord;
  /** When its fields were edited, to be kept in the row. */
  readonly clocks: object;
}

/** A memory as the update takes it. */
const toEditedItem = ({ memory, clocks }: EditedMemory): object => ({
  id: memory.id,
  doc: memory.doc,
  content: memory.content,
  metadata: memory.metadata,
  importance: memory.importance,
  zone: memory.zone,
  score: memory.score,
  updated_at: memory.updatedAt,
  occurred_at: memory.occurredAt,
  agent_id: memory.agentId,
  session_id: memory.sessionId,
  speaker: memory.speaker,
  role: memory.role,
  pinned: memory.pinned,
  leaves_at: editedLeavesAt(memory),
  clocks,
});

/** Rewrites what edits may change, in one statement; the caller holds the rows' locks. */
export async function updateMemories(
  tx: TenantTransaction,
  edited: readonly EditedMemory[],
): Promise<void> {
  const ids = edited.map(({ memory }) => memory.id);
  // The ids twice: by the array the rows are found, whatever the planner thinks of the JSON.
  await tx.query(sql`
    update memories m
       set doc = i.doc, content = i.content, metadata = i.metadata,
           arbitrary_importance = i.importance, zone = i.zone, total_score = i.score,
           updated_at = i.updated_at, occurred_at = i.occurred_at,
           agent_id = i.agent_id, session_id = i.session_id,
           speaker = i.speaker, role = i.role, pinned = i.pinned, leaves_at = i.leaves_at, vector_clock = i.clocks
      from jsonb_to_recordset(${JSON.stringify(edited.map(toEditedItem))}::jsonb) as i (
           id text, doc integer, content text, metadata jsonb, importance double precision, zone integer,
           score double precision, updated_at double precision, occurred_at double precision,
           agent_id text, session_id text, speaker text, role text, pinned boolean,
           leaves_at double precision, clocks jsonb)
     where m.user_id = ${tx.userId} and m.id = any(${ids}::text[]) and i.id = m.id`);
}

/** Keeps when fields were edited of memories that this transaction stored. */
export async function updateClocks(
  tx: TenantTransaction,
  stored: readonly { readonly id: MemoryId; readonly clocks: object }[],
): Promise<void> {
  await tx.query(sql`
    update memories m set vector_clock = i.clocks
      from jsonb_to_recordset(${JSON.stringify(stored)}::jsonb) as i (id text, clocks jsonb)
     where m.user_id = ${tx.userId} and m.id = any(${stored.map(({ id }) => id)}::text[]) and i.id = m.id`);
}
