import { type MemorySession, StoreRequest } from '@stellar-memory/protocol';
import { type Clock, epochSeconds } from '../domain/clock.js';
import {
  summarisedMemories,
  summaryContent,
  summaryImportance,
  summaryOf,
} from '../domain/context/session-summary.js';
import { type UserId, uuidv7 } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import {
  endSession,
  insertSession,
  type LabelledMemories,
  type MemorySessionRow,
  selectLabelled,
  selectSession,
  selectSessions,
} from '../storage/statements/memory-sessions.js';
import type { TenantDoor, TenantTransaction } from '../storage/tenant-door.js';
import type { ContextService, EndOptions } from './context-service.js';
import type { MemoryService } from './memory-service.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';

/** What conversations need. */
export interface SessionDependencies {
  readonly tenants: TenantDoor;
  readonly clock: Clock;
  readonly memories: Pick<MemoryService, 'store'>;
}

type Sessions = Pick<ContextService, 'startSession' | 'endSession' | 'getSession' | 'listSessions'>;

/** Conversations that begin, end, and leave a summary. */
export function createSessions(dependencies: SessionDependencies): Sessions {
  const { tenants, clock } = dependencies;
  return {
    async startSession(userId, { session_id, agent_id }) {
      const id = session_id ?? uuidv7(clock.nowMs());
      const session = await tenants.withTenant(userId, async (tx) => {
        const begun = { id, agentId: agent_id ?? null, startedAt: epochSeconds(clock) };
        const [, found] = await Promise.all([insertSession(tx, begun), selectSession(tx, id)]);
        return found;
      });
      const open = session?.endedAt === null && session.agentId === (agent_id ?? null);
      if (!open)
        throw new StellarError('conflict', { detail: 'There was a session of this name.' });
      return present(session);
    },
    async endSession(userId, id, { summarize }, { agentId, onUsage } = {}) {
      const [session, labelled] = await read(tenants, userId, id, agentId);
      if (session.endedAt !== null) return present(session);
      const summary = summaryOf(labelled.best);
      const wanted = summarize && labelled.memories > 0;
      const ended = {
        ...session,
        endedAt: epochSeconds(clock),
        memories: labelled.memories,
        summary: summarize ? summary : null,
        summaryMemoryId: wanted
          ? await keep(dependencies, userId, { session, summary, onUsage })
          : null,
      };
      const [, kept] = await tenants.withTenant(userId, (tx) =>
        Promise.all([endSession(tx, ended), selectSession(tx, id)]),
      );
      return present(kept ?? ended);
    },
    async getSession(userId, id, agentId) {
      const [session, labelled] = await read(tenants, userId, id, agentId);
      return present({ ...session, memories: session.memories ?? labelled.memories });
    },
    async listSessions(userId, { limit, cursor, agent_id: agentId }) {
      const [startedAt, id] = cursor === undefined ? [] : decodeCursor(cursor);
      const after = startedAt === undefined || id === undefined ? undefined : { startedAt, id };
      const found = await tenants.withTenant(
        userId,
        (tx) => selectSessions(tx.ending, { agentId, after, limit: limit + 1 }),
        { readOnly: true },
      );
      const page = found.slice(0, limit);
      const last = found.length > limit ? page.at(-1) : undefined;
      return {
        items: page.map(present),
        next_cursor: last === undefined ? null : encodeCursor([last.startedAt, last.id]),
      };
    },
  };
}

/** A conversation with what was stored during it. Errors: `not_found`, for another agent's too. */
const read = (
  tenants: TenantDoor,
  userId: UserId,
  id: string,
  agentId: string | undefined,
): Promise<[MemorySessionRow, LabelledMemories]> =>
  tenants.withTenant(
    userId,
    async (tx: TenantTransaction) => {
      const session = await selectSession(tx, id);
      if (session === undefined || (agentId !== undefined && session.agentId !== agentId))
        throw new StellarError('not_found');
      return [session, await selectLabelled(tx, session, summarisedMemories)];
    },
    { readOnly: true },
  );

interface Kept extends EndOptions {
  readonly session: MemorySessionRow;
  readonly summary: string;
}

/** Stores a summary once, however often the end is tried; a full store ends the conversation without one. */
async function keep(
  { memories }: SessionDependencies,
  userId: UserId,
  { session: { id, agentId }, summary, onUsage }: Kept,
): Promise<string | null> {
  const request = StoreRequest.parse({
    content: summaryContent(summary),
    importance: summaryImportance,
    session_id: id,
    metadata: { kind: 'session_summary' },
    ...(agentId === null ? {} : { agent_id: agentId }),
  });
  const once = { scope: 'the summary of a session', key: id, fingerprint: '' };
  try {
    return (await memories.store(userId, request, once, onUsage)).id;
  } catch (error) {
    if (error instanceof StellarError && error.code === 'quota_exceeded') return null;
    throw error;
  }
}

const present = (session: MemorySessionRow): MemorySession => ({
  session_id: session.id,
  agent_id: session.agentId,
  started_at: session.startedAt,
  ended_at: session.endedAt,
  memories: session.memories,
  summary: session.summary,
  summary_memory_id: session.summaryMemoryId,
});
