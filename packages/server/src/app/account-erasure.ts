import type { Logger } from 'pino';
import { eraseAccounts } from '../auth/erase-accounts.system.js';
import type { Mailer } from '../auth/mailer.js';
import type { Billing } from '../billing/billing.system.js';
import { endSubscriptions } from '../billing/end-subscriptions.js';
import type { Clock } from '../domain/clock.js';
import type { Database } from '../storage/database.js';
import { createSystemDoor } from '../storage/system-door.system.js';
import { createTenantDoor } from '../storage/tenant-door.js';
import { type Background, runInBackground } from './background.js';

/** Milliseconds between rounds: how late a cancellation or an erasure is at most. */
const roundMs = 15_000;

/** What erasing accounts works with. */
export interface AccountErasureParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly billing: Pick<Billing, 'endSubscriptions'> | undefined;
  readonly mailer: Mailer | undefined;
}

/** Erases accounts whose time has come, beside the requests. */
export function maintainErasures(
  { database, clock, billing, mailer }: AccountErasureParts,
  logger: Logger,
): Background {
  let isStopping = false;
  const tenants = createTenantDoor(database);
  const options = {
    tenants,
    system: createSystemDoor(database),
    clock,
    mailer,
    // A purchase of another node's shop is not settled here: the account waits, and the operator is told each round.
    endSubscriptions: (userId) =>
      billing?.endSubscriptions(userId) ?? endSubscriptions({ tenants }, userId),
    isStopping: () => isStopping,
    onError: (err, user_id) =>
      logger.error({ err, user_id }, 'erasing an account failed; the next round goes on'),
  } satisfies Parameters<typeof eraseAccounts>[0];
  const rounds = runInBackground(
    async () => {
      for (const { id, accountId } of await eraseAccounts(options))
        logger.info({ receipt: id, account_id: accountId }, 'an account was erased');
    },
    roundMs,
    (err) =>
      logger.warn({ err }, 'a round of erasing accounts failed; the next comes all the same'),
  );
  return {
    stop: () => {
      isStopping = true;
      return rounds.stop();
    },
  };
}
