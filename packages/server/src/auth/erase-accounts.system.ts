import type { Clock } from '../domain/clock.js';
import type { UserId } from '../domain/ids.js';
import { eraseTenantRows } from '../storage/statements/erasures.js';
import {
  claimErasure,
  type ErasureReceipt,
  emailOf,
  eraseMentions,
  eraseRowsOf,
  eraseUser,
  notePaidOff,
  selectTenantTables,
  type TenantTable,
  unpaidErasures,
} from '../storage/statements/erasures.system.js';
import type { SystemDoor } from '../storage/system-door.system.js';
import type { TenantDoor } from '../storage/tenant-door.js';
import type { Mailer } from './mailer.js';

/** What the sweep needs. */
export interface EraseAccountsOptions {
  readonly tenants: TenantDoor;
  readonly system: SystemDoor;
  readonly clock: Clock;
  /** Ends whatever renews. Errors: any, and then the account waits and it is tried again in the next round. */
  readonly endSubscriptions: (userId: UserId) => Promise<void>;
  /** Absent: receipts are for the operator alone. */
  readonly mailer: Mailer | undefined;
  /** Told of what failed; nothing is lost by it, the next round goes on. */
  readonly onError: (error: unknown, userId: UserId) => void;
  readonly isStopping?: () => boolean;
}

/** Rows of one transaction: it holds no lock for long. */
const batch = 1_000;
/** Milliseconds for the last transaction of an account. */
const lastTimeoutMs = 60_000;

/**
 * One round: purchases of closed accounts are ended, then accounts whose seven days are over are erased, one after the
 * other. Any number of nodes may: each account is claimed by one, and what another has begun is gone on with.
 */
export async function eraseAccounts(options: EraseAccountsOptions): Promise<ErasureReceipt[]> {
  const { system, clock, isStopping } = options;
  for (const userId of await system.asSystem(unpaidErasures)) await payOff(options, userId);
  const receipts: ErasureReceipt[] = [];
  while (isStopping?.() !== true) {
    const userId = await system.asSystem((tx) => claimErasure(tx, new Date(clock.nowMs())));
    if (userId === undefined) break;
    try {
      receipts.push(await eraseAccount(options, userId));
    } catch (error) {
      options.onError(error, userId);
    }
  }
  return receipts;
}

async function payOff(options: EraseAccountsOptions, userId: UserId): Promise<void> {
  try {
    await options.endSubscriptions(userId);
    await options.system.asSystem((tx) => notePaidOff(tx, userId));
  } catch (error) {
    options.onError(error, userId);
  }
}

async function eraseAccount(
  options: EraseAccountsOptions,
  userId: UserId,
): Promise<ErasureReceipt> {
  const { tenants, system } = options;
  const tables = childrenFirst(await system.asSystem(selectTenantTables));
  const ofTenant = tables.filter(({ byApp }) => byApp);
  // What goes is recorded elsewhere, as in the feed of changes: until a whole pass finds nothing.
  while ((await eraseTables(tenants, userId, ofTenant)) > 0);
  const email = await system.asSystem((tx) => emailOf(tx, userId));
  const receipt = await system.asSystem(
    async (tx) => {
      const counts = await eraseMentions(tx, userId);
      for (const { name } of tables.filter(({ byApp }) => !byApp))
        counts[name] = await eraseRowsOf(tx, userId, name);
      return eraseUser(tx, userId, counts);
    },
    { timeoutMs: lastTimeoutMs },
  );
  if (email !== undefined) await mailReceipt(options, email, receipt);
  return receipt;
}

/** One pass; answers how many rows went. */
async function eraseTables(
  tenants: TenantDoor,
  userId: UserId,
  tables: readonly TenantTable[],
): Promise<number> {
  let sum = 0;
  for (const { name } of tables) {
    let gone: number;
    do {
      gone = await tenants.withTenant(userId, (tx) => eraseTenantRows(tx, name, batch));
      sum += gone;
    } while (gone > 0);
  }
  return sum;
}

/** In an order in which no row is left behind that refers to one that is gone. */
export function childrenFirst(tables: readonly TenantTable[]): TenantTable[] {
  const ordered: TenantTable[] = [];
  let left = [...tables];
  while (left.length > 0) {
    const isLeft = new Set(left.map(({ name }) => name));
    const free = left.filter(({ referredBy }) => !referredBy.some((name) => isLeft.has(name)));
    if (free.length === 0) throw new Error('tables refer to each other in a circle');
    ordered.push(...free);
    left = left.filter((table) => !free.includes(table));
  }
  return ordered;
}

/** The account is gone, whether the mail arrives or not. */
async function mailReceipt(
  { mailer, onError }: EraseAccountsOptions,
  to: string,
  { id, accountId, erasedAt, counts }: ErasureReceipt,
): Promise<void> {
  const lines = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([table, count]) => `  ${table}: ${count}`);
  const text =
    `Your account was erased at ${erasedAt.toISOString()}, as you asked.\n\nReceipt ${id}\n\n` +
    `Rows that were erased:\n${lines.join('\n')}\n`;
  try {
    await mailer?.send({ to, subject: 'Your Stellar Memory account is erased', text });
  } catch (error) {
    onError(error, accountId);
  }
}
