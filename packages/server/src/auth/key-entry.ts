import type { AuditAction } from '@stellar-memory/protocol';
import { type AuditEntry, actorOf } from '../domain/audit.js';
import type { ApiKeyId } from '../domain/ids.js';
import type { KeyRow } from '../storage/statements/api-keys.js';
import type { KeyActor } from './account-service.js';

/** What the audit log says of a key: which one, what it may do and, after a rotation, what it replaces. */
export const keyEntry = (
  action: AuditAction,
  { apiKeyId }: Pick<KeyActor, 'apiKeyId'>,
  key: KeyRow,
  replaces?: ApiKeyId,
): AuditEntry => ({
  action,
  actor: actorOf(apiKeyId),
  detail: {
    key: key.apiKeyId,
    scopes: key.scopes,
    ...(replaces === undefined ? {} : { replaces }),
  },
});
