import type {
  AgentList,
  AgentQuery,
  ConfidentQuery,
  ConfidentResponse,
  EndSessionRequest,
  GraphQuery,
  GraphResponse,
  IntrospectQuery,
  IntrospectResponse,
  MemorySession,
  MemorySessionList,
  MemorySessionQuery,
  NarrateRequest,
  NarrateResponse,
  PathQuery,
  PathResponse,
  RelatedQuery,
  RelatedResponse,
  StartSessionRequest,
} from '@stellar-memory/protocol';
import type { UserId } from '../domain/ids.js';
import type { StoreUsage } from './memory-service.js';

/** A narrative, and whether a model should have written it but did not serve. */
export interface Narrated {
  readonly answer: NarrateResponse;
  readonly withoutModel?: true;
}

/** What ending a conversation takes besides. */
export interface EndOptions {
  readonly agentId?: string | undefined;
  /** Hears what is in use afterwards, when a summary was stored. */
  readonly onUsage?: ((usage: StoreUsage) => void) | undefined;
}

/**
 * What surrounds a user's memories: conversations, agents, narratives, ties, what is known. Where an agent is named, what belongs to
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
    options?: EndOptions,
  ): Promise<MemorySession>;
  /** Errors: `not_found`. */
  getSession(userId: UserId, id: string, agentId?: string): Promise<MemorySession>;
  listSessions(userId: UserId, query: MemorySessionQuery): Promise<MemorySessionList>;
  /** What lies near a memory. Errors: `not_found`. */
  related(
    userId: UserId,
    id: string,
    query: RelatedQuery,
    agentId?: string,
  ): Promise<RelatedResponse>;
  /** A shortest way from one memory to another. Errors: `not_found` for either. */
  path(userId: UserId, id: string, query: PathQuery, agentId?: string): Promise<PathResponse>;
  /** Memories about a topic and what ties them together. */
  graph(userId: UserId, query: GraphQuery): Promise<GraphResponse>;
  /** What is known about a topic, and what is not. */
  introspect(userId: UserId, query: IntrospectQuery): Promise<IntrospectResponse>;
  /** A recall and how far it can be trusted. */
  confident(userId: UserId, query: ConfidentQuery): Promise<ConfidentResponse>;
  listAgents(userId: UserId, query: AgentQuery): Promise<AgentList>;
}
