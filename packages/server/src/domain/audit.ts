import type { AuditAction } from '@stellar-memory/protocol';
import type { ApiKeyId } from './ids.js';

/** Who did something to an account: its owner in person, one of its keys, an operator, or the service by itself. */
export type AuditActor = 'owner' | `key:${string}` | 'operator' | 'system';

/** Something that happened to an account. */
export interface AuditEntry {
  readonly action: AuditAction;
  readonly actor: AuditActor;
  /** Ids, names of fields, numbers: never what memories say, never a secret. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The actor of a request. */
export const actorOf = (apiKeyId: ApiKeyId | 'owner'): AuditActor =>
  apiKeyId === 'owner' ? 'owner' : `key:${apiKeyId}`;
