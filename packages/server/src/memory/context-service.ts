import type { NarrateRequest, NarrateResponse } from '@stellar-memory/protocol';
import type { UserId } from '../domain/ids.js';

/** A narrative, and whether a model should have written it but did not serve. */
export interface Narrated {
  readonly answer: NarrateResponse;
  readonly withoutModel?: true;
}

/**
 * What is told about a user's memories: narratives, sessions, relations, what is known and what is not.
 *
 * Errors: those of `MemoryService`.
 */
export interface ContextService {
  narrate(userId: UserId, request: NarrateRequest): Promise<Narrated>;
}
