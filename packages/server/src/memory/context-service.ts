import type {
  AgentList,
  AgentQuery,
  EndSessionRequest,
  MemorySession,
  MemorySessionList,
  MemorySessionQuery,
  NarrateRequest,
  NarrateResponse,
  StartSessionRequest,
} from '@stellar-memory/protocol';
import type { UserId } from '../domain/ids.js';

/** A narrative, and whether a model should have written it but did not serve. */
export interface Narrated {
  readonly answer: NarrateResponse;
  readonly withoutModel?: true;
}

/**
 * What surrounds a user's memories: conversations, agents, narratives. Where an agent is named, what belongs to
 * another is not there.
 *
 * Errors: those of `MemoryService`.
 */
export interface ContextService {
  narrate(userId: UserId, request: NarrateRequest): Promise<Narrated>;
  /** Begins a conversation; one that goes on already is answered as it is. Errors: `conflict` for one that ended. */
  startSession(userId: UserId, request: StartSessionRequest): Promise<MemorySession>;
  /** Ends it and says what it was about; one that has ended is answered as it is. Errors: `not_found`. */
  endSession(
    userId: UserId,
    id: string,
    request: EndSessionRequest,
    agentId?: string,
  ): Promise<MemorySession>;
  /** Errors: `not_found`. */
  getSession(userId: UserId, id: string, agentId?: string): Promise<MemorySession>;
  listSessions(userId: UserId, query: MemorySessionQuery): Promise<MemorySessionList>;
  listAgents(userId: UserId, query: AgentQuery): Promise<AgentList>;
}
