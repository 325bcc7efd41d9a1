import { randomUUID } from 'node:crypto';
import { type SoldTier, type Tier, tierLimits } from '@stellar-memory/protocol';
import { apiKeyId, isUuid, type UserId, userId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import { insertFirstKey, type NewKey } from '../storage/statements/api-keys.system.js';
import { changeTier, insertUser, type NewUser } from '../storage/statements/users.system.js';
import type { SystemDoor } from '../storage/system-door.system.js';
import type { AdminService } from './account-service.js';
import { generateKey, keyHash, keyMarks } from './key-format.js';

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
      });
      return { user_id: user.userId, email, tier, api_key: key };
    },
    async patchUser(id, { tier }) {
      const changed = isUuid(id) ? await assignTier(system, id, tier) : undefined;
      if (changed === undefined)
        throw new StellarError('not_found', { detail: 'No account with this id can be changed.' });
      return { user_id: changed.userId, email: changed.email, tier };
    },
  };
}

const assignTier = (system: SystemDoor, id: UserId, tier: SoldTier) =>
  system.asSystem((tx) => changeTier(tx, id, tier, tierLimits[tier].memories));

/** An account with what its tier allows to store. */
export const newUser = (email: string, tier: Tier): NewUser => ({
  userId: userId(randomUUID()),
  email,
  tier,
  memoryLimit: tierLimits[tier].memories,
});

/** The key an account starts with: every scope, no expiry. */
export const firstKey = (owner: UserId, key: string, secret: string, name: string): NewKey => ({
  userId: owner,
  apiKeyId: apiKeyId(randomUUID()),
  hash: keyHash(key, secret)!,
  ...keyMarks(key),
  name,
});
