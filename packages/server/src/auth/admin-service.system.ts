import { randomUUID } from 'node:crypto';
import {
  type CreateApiKeyRequest,
  type CreatedApiKey,
  type PatchUserRequest,
  scopes,
  type Tier,
  type User,
  type UserList,
  type UserListQuery,
} from '@stellar-memory/protocol';
import type { AuditEntry } from '../domain/audit.js';
import type { Clock } from '../domain/clock.js';
import { apiKeyId, isUuid, type UserId, userId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import {
  insertFirstKey,
  insertOperatorKey,
  type NewKey,
  type OperatorKey,
} from '../storage/statements/api-keys.system.js';
import { appendAuditOf } from '../storage/statements/audit-log.system.js';
import { selectActions } from '../storage/statements/operator-actions.system.js';
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
import { eraseByOperator, restoreByOperator } from './close-account.system.js';
import { generateKey, keyHash, keyMarks } from './key-format.js';
import { listErasures } from './list-erasures.system.js';
import { recordAction } from './record-action.system.js';
import { decodeUserCursor, encodeUserCursor } from './user-cursor.js';

/** What the admin service needs. */
export interface AdminServiceOptions {
  readonly system: SystemDoor;
  /** STELLAR_SECRET. */
  readonly secret: string;
  readonly clock: Clock;
}

/** Makes accounts and changes their tier, through the system door. */
export function createAdminService({ system, secret, clock }: AdminServiceOptions): AdminService {
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
    listUsers: (query) => listUsers(system, query),
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
    ...createErasures({ system, clock }),
    async patchUser(id, request) {
      if (!isUuid(id)) throw noAccount();
      return userOf(await system.asSystem((tx) => changeAccount(tx, id, request)));
    },
  };
}

async function listUsers(
  system: SystemDoor,
  { query, limit, cursor }: UserListQuery,
): Promise<UserList> {
  const selection = {
    query: query?.trim().toLowerCase(),
    after: cursor === undefined ? undefined : decodeUserCursor(cursor),
    // One more than asked for tells whether there is a next page.
    limit: limit + 1,
  };
  const found = await system.asSystem((tx) => selectAccounts(tx, selection), { readOnly: true });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(userOf),
    next_cursor: last !== undefined && found.length > limit ? encodeUserCursor(last) : null,
  };
}

/** Closing accounts for good, and giving them back. */
const createErasures = ({
  system,
  clock,
}: Pick<AdminServiceOptions, 'system' | 'clock'>): Pick<
  AdminService,
  'eraseUser' | 'restoreUser' | 'listErasures'
> => ({
  async eraseUser(id, { reason }) {
    if (!isUuid(id)) throw noAccount();
    const asked = { nowMs: clock.nowMs(), reason };
    return system.asSystem(async (tx) => eraseByOperator(tx, await closable(tx, id), asked));
  },
  async restoreUser(id, { reason }) {
    if (!isUuid(id)) throw noAccount();
    const asked = { nowMs: clock.nowMs(), reason };
    return system.asSystem(async (tx) => {
      await restoreByOperator(tx, await changeable(tx, id), asked);
      return userOf((await findAccount(tx, id))!);
    });
  },
  listErasures: () => listErasures(system),
});

const created = {
  action: 'account.created',
  actor: 'operator',
  detail: { first_key: true },
} satisfies AuditEntry;

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

/** An account that an operator may change. Errors: `not_found`, also for the local account. */
async function changeable(tx: SystemTransaction, id: UserId): Promise<AccountRow> {
  const account = await findAccount(tx, id);
  if (account === undefined || account.tier === 'local') throw noAccount();
  return account;
}

/** The same; the local one, which the operator sees, is told how it is erased. Errors: `not_found`, `conflict`. */
async function closable(tx: SystemTransaction, id: UserId): Promise<AccountRow> {
  const account = await findAccount(tx, id);
  if (account === undefined) throw noAccount();
  if (account.tier !== 'local') return account;
  throw new StellarError('conflict', {
    detail:
      'The local account is the data folder: stop the server and delete the folder to erase it.',
  });
}

/**
 * Changes what is asked and records it, together.
 * Errors: `not_found`, also for the local account; `conflict` for the status of one that is to be erased.
 */
async function changeAccount(
  tx: SystemTransaction,
  id: UserId,
  request: PatchUserRequest,
): Promise<AccountRow> {
  const { tier, status } = request;
  const reason = request.reason ?? null;
  const before = await changeable(tx, id);
  if (tier !== undefined) {
    await changeTier(tx, id, tier);
    await recordAction(tx, id, changeOf('tier', before.tier, tier, reason));
  }
  if (status !== undefined) {
    if (!(await changeStatus(tx, id, status)))
      throw new StellarError('conflict', {
        detail: 'This account is to be erased: it can only be restored.',
      });
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
