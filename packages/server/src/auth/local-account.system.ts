import type { UserId } from '../domain/ids.js';
import { insertFirstKey } from '../storage/statements/api-keys.system.js';
import { findLocalUser, insertUser } from '../storage/statements/users.system.js';
import type { SystemDoor, SystemTransaction } from '../storage/system-door.system.js';
import { firstKey, newUser } from './admin-service.system.js';

/** No mailbox: nobody can sign in with it. */
const localEmail = 'local@localhost';

/**
 * Sees to it that an embedded database has its `local` account and that this key opens it, unless the key was
 * revoked. Does nothing when both are there, so that every start may call it and an interrupted first start heals.
 */
export const ensureLocalAccount = (
  system: SystemDoor,
  secret: string,
  key: string,
): Promise<UserId> =>
  system.asSystem(async (tx) => {
    const owner = (await findLocalUser(tx)) ?? (await makeLocalUser(tx));
    await insertFirstKey(tx, firstKey(owner, key, secret, 'Local key'));
    return owner;
  });

async function makeLocalUser(tx: SystemTransaction): Promise<UserId> {
  const user = newUser(localEmail, 'local');
  await insertUser(tx, user);
  return user.userId;
}
