import { randomUUID } from 'node:crypto';
import {
  type AuditAction,
  type CreateApiKeyRequest,
  type CreatedApiKey,
  type PatchUserRequest,
  scopes,
  type Tier,
  type User,
} from '@stellar-memory/protocol';
import type { AuditEntry } from '../domain/audit.js';
import { apiKeyId, isUuid, type UserId, userId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import {
  insertFirstKey,
  insertOperatorKey,
  type NewKey,
  type OperatorKey,
} from '../storage/statements/api-keys.system.js';
import { appendAuditOf } from '../storage/statements/audit-log.system.js';
import {
  insertAction,
  type OperatorAction,
  selectActions,
} from '../storage/statements/operator-actions.system.js';
import {
  type AccountRow,
  changeStatus,
  changeTier,
  findAccount,
  insertUser,
  type NewUser,
  selectAccounts,
} from '../storage/statements/users.system.js';
import type { SystemDoor, SystemTransaction } from '../storage/system-door.system.js';
import type { AdminService } from './account-service.js';
import { generateKey, keyHash, keyMarks } from './key-format.js';
import { listErasures } from './list-erasures.system.js';
import { decodeUserCursor, encodeUserCursor } from './user-cursor.js';

/** What the admin service needs. */
export interface AdminServiceOptions {
  readonly system: SystemDoor;
  /** STELLAR_SECRET. */
  readonly secret: string;
}

/** Makes accounts and changes their tier, through the system door. */
export function createAdminService({ system, secret }: AdminServiceOptions): AdminService {
  return {
    async createUser({ email, tier }) {
      const user = newUser(email, tier);
      const key = generateKey();
      await system.asSystem(async (tx) => {
        if (!(await insertUser(tx, user)))
          throw new StellarError('conflict', { detail: 'This e-mail has an account already.' });
        await insertFirstKey(tx, firstKey(user.userId, key, secret, 'First key'));
        await appendAuditOf(tx, user.userId, created);
      });
      return { user_id: user.userId, email, tier, api_key: key };
    },
    async createKey(id, request) {
      const key = generateKey();
      const parts = { ...firstKey(id, key, secret, request.name), ...rightsOf(request) };
      const madeAt = isUuid(id) ? await system.asSystem((tx) => makeKey(tx, parts)) : undefined;
      if (madeAt === undefined) throw noAccount();
      return createdKey(parts, madeAt, key);
    },
    async listUsers({ query, limit, cursor }) {
      const selection = {
        query: query?.trim().toLowerCase(),
        after: cursor === undefined ? undefined : decodeUserCursor(cursor),
        // One more than asked for tells whether there is a next page.
        limit: limit + 1,
      };
      const found = await system.asSystem((tx) => selectAccounts(tx, selection), {
        readOnly: true,
      });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return {
        items: page.map(userOf),
        next_cursor: last !== undefined && found.length > limit ? encodeUserCursor(last) : null,
      };
    },
    async getUser(id) {
      if (!isUuid(id)) throw noAccount();
      const [account, actions] = await system.asSystem(
        (tx) => Promise.all([findAccount(tx, id), selectActions(tx, id)]),
        { readOnly: true },
      );
      if (account === undefined) throw noAccount();
      return {
        ...userOf(account),
        actions: actions.map(({ at, ...action }) => ({ at: at.toISOString(), ...action })),
      };
    },
    listErasures: () => listErasures(system),
    async patchUser(id, request) {
      if (!isUuid(id)) throw noAccount();
      return userOf(await system.asSystem((tx) => changeAccount(tx, id, request)));
    },
  };
}

const created = {
  action: 'account.created',
  actor: 'operator',
  detail: { first_key: true },
} satisfies AuditEntry;

/** Kept for the operator, and in the account's own chain. */
async function recordAction(
  tx: SystemTransaction,
  userId: UserId,
  done: OperatorAction & { readonly action: AuditAction },
): Promise<void> {
  const { action, change, reason } = done;
  await insertAction(tx, userId, done);
  await appendAuditOf(tx, userId, { action, actor: 'operator', detail: { change, reason } });
}

const noAccount = (): StellarError =>
  new StellarError('not_found', { detail: 'No account with this id can be changed.' });

const rightsOf = (request: CreateApiKeyRequest) => ({
  scopes: [...new Set(request.scopes ?? scopes)],
  expiresAt: request.expires_at === undefined ? null : new Date(request.expires_at).toISOString(),
  agentId: request.agent_id ?? null,
});

async function makeKey(tx: SystemTransaction, key: OperatorKey): Promise<Date | undefined> {
  const madeAt = await insertOperatorKey(tx, key);
  const change = { api_key_id: key.apiKeyId, scopes: key.scopes };
  if (madeAt !== undefined)
    await recordAction(tx, key.userId, { action: 'user.key', change, reason: null });
  return madeAt;
}

const createdKey = (made: OperatorKey, madeAt: Date, key: string): CreatedApiKey => ({
  id: made.apiKeyId,
  name: made.name,
  prefix: made.prefix,
  last4: made.last4,
  scopes: [...made.scopes],
  created_at: madeAt.toISOString(),
  last_used_at: null,
  expires_at: made.expiresAt,
  agent_id: made.agentId,
  parent_id: null,
  replaced_by: null,
  api_key: key,
});

/** Changes what is asked and records it, together. Errors: `not_found`, also for the local account. */
async function changeAccount(
  tx: SystemTransaction,
  id: UserId,
  request: PatchUserRequest,
): Promise<AccountRow> {
  const { tier, status } = request;
  const reason = request.reason ?? null;
  const before = await findAccount(tx, id);
  if (before === undefined || before.tier === 'local') throw noAccount();
  if (tier !== undefined) {
    await changeTier(tx, id, tier);
    await recordAction(tx, id, changeOf('tier', before.tier, tier, reason));
  }
  if (status !== undefined) {
    await changeStatus(tx, id, status);
    await recordAction(tx, id, changeOf('status', before.status, status, reason));
  }
  return (await findAccount(tx, id))!;
}

const changeOf = (
  what: 'tier' | 'status',
  before: string,
  after: string,
  reason: string | null,
) => ({
  action: `user.${what}` as const,
  change: { before, after },
  reason,
});

const userOf = (account: AccountRow): User => ({
  user_id: account.userId,
  email: account.email,
  tier: account.tier,
  status: account.status,
  created_at: account.createdAt.toISOString(),
  memories: account.memories,
  agents: account.agents,
  api_keys: account.apiKeys,
});

/** An account with an id of its own. */
export const newUser = (email: string, tier: Tier): NewUser => ({
  userId: userId(randomUUID()),
  email,
  tier,
});

/** The key an account starts with: every scope, no expiry. */
export const firstKey = (owner: UserId, key: string, secret: string, name: string): NewKey => ({
  userId: owner,
  apiKeyId: apiKeyId(randomUUID()),
  hash: keyHash(key, secret)!,
  ...keyMarks(key),
  name,
});
