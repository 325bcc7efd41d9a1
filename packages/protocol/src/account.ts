import { z } from 'zod';
import { limits } from './limits.js';
import { agentId } from './memory.js';
import { label, storableText } from './text.js';
import { soldTiers } from './tiers.js';

/** What a key may do. `admin` manages the account's keys; it is no operator right. */
export const scopes = ['read', 'write', 'admin'] as const;
export type Scope = (typeof scopes)[number];

const moment = z.iso.datetime().describe('ISO 8601, UTC');

/** `POST /auth/api-keys` */
export const CreateApiKeyRequest = z.strictObject({
  name: label.max(limits.keyNameCharacters).default('Unnamed'),
  scopes: z
    .array(z.enum(scopes))
    .min(1)
    .max(3)
    .optional()
    .describe('Those of the key that asks when absent; never more than it has'),
  expires_at: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('When the key that asks expires when absent; never later'),
  agent_id: agentId
    .optional()
    .describe('Binds the key to one agent: it stores and recalls as that agent only'),
});
export type CreateApiKeyRequest = z.output<typeof CreateApiKeyRequest>;

/** A key without its secret. */
export const ApiKey = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  prefix: z.string().describe('First characters, to tell keys apart'),
  last4: z.string(),
  scopes: z.array(z.enum(scopes)),
  created_at: moment,
  last_used_at: moment.nullable(),
  expires_at: moment.nullable(),
  agent_id: z.string().nullable().describe('The one agent that the key may act as'),
  parent_id: z.uuid().nullable().describe('The key that made it and whose revocation ends it'),
  replaced_by: z.uuid().nullable().describe('Its successor, when it was rotated'),
});
export type ApiKey = z.output<typeof ApiKey>;

/** The only answer that ever holds the key itself. */
export const CreatedApiKey = ApiKey.extend({ api_key: z.string() });
export type CreatedApiKey = z.output<typeof CreatedApiKey>;

export const ApiKeyList = z.strictObject({ items: z.array(ApiKey) });
export type ApiKeyList = z.output<typeof ApiKeyList>;

/** `POST /auth/api-keys/{id}/rotate` */
export const RotateApiKeyRequest = z.strictObject({
  overlap_seconds: z
    .int()
    .min(0)
    .max(limits.rotationOverlapSeconds)
    .default(3_600)
    .describe('How long the old key goes on working beside the new one'),
});
export type RotateApiKeyRequest = z.output<typeof RotateApiKeyRequest>;

/** `DELETE /auth/api-keys/{id}` */
export const RevokeResponse = z.strictObject({ revoked: z.literal(true) });
export type RevokeResponse = z.output<typeof RevokeResponse>;

/** An id that the server makes, in a path: a UUID in lower case. */
export const uuidParameter = z.uuid().lowercase();

/** An e-mail address as accounts keep it: trimmed and in lower case. */
export const email = storableText
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email())
  .meta({ format: 'email' });

/** `POST /admin/users` */
export const CreateUserRequest = z.strictObject({ email, tier: z.enum(soldTiers).default('free') });
export type CreateUserRequest = z.output<typeof CreateUserRequest>;

export const CreatedUser = z.strictObject({
  user_id: z.uuid(),
  email: z.string(),
  tier: z.enum(soldTiers),
  api_key: z.string(),
});
export type CreatedUser = z.output<typeof CreatedUser>;

/** Whether an account's keys open anything. */
export const userStatuses = ['active', 'suspended'] as const;
/** The same, and of one that is to be erased. */
export const accountStatuses = [...userStatuses, 'closed'] as const;
export type AccountStatus = (typeof accountStatuses)[number];

const reason = storableText.trim().min(1).max(limits.reasonCharacters);

/** `PATCH /admin/users/{id}` */
export const PatchUserRequest = z
  .strictObject({
    tier: z
      .enum(soldTiers)
      .optional()
      .describe('Holds until a subscription of the account changes'),
    status: z.enum(userStatuses).optional().describe('Keys of a suspended account answer 403'),
    reason: reason.optional().describe('Kept with what was done'),
  })
  .refine(({ tier, status }) => tier !== undefined || status !== undefined, {
    message: 'must change the tier or the status',
  });
export type PatchUserRequest = z.output<typeof PatchUserRequest>;

/** `DELETE /admin/users/{id}`, `POST /admin/users/{id}/restore` */
export const OperatorReason = z.strictObject({
  reason: reason.describe('Kept with what was done'),
});
export type OperatorReason = z.output<typeof OperatorReason>;

/** An account as the operator sees it. */
export const User = z.strictObject({
  user_id: z.uuid(),
  email: z.string(),
  tier: z.enum([...soldTiers, 'local']),
  status: z.enum(accountStatuses),
  created_at: moment,
  memories: z.int().min(0).describe('How many; never what they say'),
  agents: z.int().min(0),
  api_keys: z.int().min(0).describe('Neither revoked nor expired'),
});
export type User = z.output<typeof User>;

/** `GET /admin/users` */
export const UserListQuery = z.strictObject({
  query: storableText.min(1).max(254).optional().describe('Part of an e-mail address, or an id'),
  limit: z.coerce.number().int().min(1).max(limits.pageItems).default(50),
  cursor: z.string().min(1).max(200).optional(),
});
export type UserListQuery = z.output<typeof UserListQuery>;

export const UserList = z.strictObject({
  items: z.array(User),
  next_cursor: z.string().nullable().describe('`null` on the last page'),
});
export type UserList = z.output<typeof UserList>;

/** `GET /admin/users/{id}` */
export const UserDetail = User.extend({
  actions: z
    .array(
      z.strictObject({
        at: moment,
        action: z.string(),
        change: z.record(z.string(), z.unknown()),
        reason: z.string().nullable(),
      }),
    )
    .describe('What operators did, newest first, 100 at most'),
});
export type UserDetail = z.output<typeof UserDetail>;

/** `DELETE /auth/account` */
export const ErasureResponse = z.strictObject({
  erased_at: moment.describe('Until then it may be undone; then everything goes'),
});
export type ErasureResponse = z.output<typeof ErasureResponse>;

/** `POST /auth/account/restore` */
export const RestoreAccountResponse = z.strictObject({ restored: z.literal(true) });
export type RestoreAccountResponse = z.output<typeof RestoreAccountResponse>;

/** `GET /admin/erasures` */
export const ErasureList = z.strictObject({
  pending: z
    .array(z.strictObject({ user_id: z.uuid(), requested_at: moment, due_at: moment }))
    .describe('The next first, 100 at most'),
  receipts: z
    .array(
      z.strictObject({
        id: z.uuid(),
        account_id: z.uuid().describe('Names nobody any more'),
        requested_at: moment,
        erased_at: moment,
        counts: z.record(z.string(), z.int()).describe('Rows that were erased, by table'),
      }),
    )
    .describe('The newest first, 100 at most'),
});
export type ErasureList = z.output<typeof ErasureList>;
