import type { AccountStatus } from '@stellar-memory/protocol';
import type { ApiKeyId, UserId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/** What somebody was let in with. */
export interface Credential {
  readonly userId: UserId;
  /** `owner` for a session. */
  readonly apiKeyId: ApiKeyId | 'owner';
  readonly sessionId?: string | undefined;
}

/** A credential that still holds, with what became of its account. */
export interface LiveCredential {
  /** Of the key, or of the session. */
  readonly id: string;
  readonly status: AccountStatus;
}

/** Those of the credentials that were neither revoked nor have expired, in one statement. */
export const selectLiveAccess = (
  tx: SystemTransaction,
  credentials: readonly Credential[],
): Promise<LiveCredential[]> => {
  const keys = credentials.filter(({ sessionId }) => sessionId === undefined);
  const sessions = credentials.filter(({ sessionId }) => sessionId !== undefined);
  return tx.query(sql<LiveCredential>`
    select k.id, u.status
      from unnest(${keys.map(({ userId }) => userId)}::uuid[],
                  ${keys.map(({ apiKeyId }) => apiKeyId)}::uuid[]) as held (user_id, id)
      join api_keys k on k.user_id = held.user_id and k.id = held.id
      join users u on u.id = k.user_id
     where k.is_active and (k.expires_at is null or k.expires_at > now())
     union all
    select s.id, u.status
      from unnest(${sessions.map(({ userId }) => userId)}::uuid[],
                  ${sessions.map(({ sessionId }) => sessionId!)}::uuid[]) as held (user_id, id)
      join sessions s on s.user_id = held.user_id and s.id = held.id
      join users u on u.id = s.user_id
     where s.expires_at > now()`);
};
