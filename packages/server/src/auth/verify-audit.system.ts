import type { UserId } from '../domain/ids.js';
import { nextAudited, verifyChain } from '../storage/statements/audit-log.system.js';
import type { SystemDoor } from '../storage/system-door.system.js';

/** A chain that is not as it was written. */
export interface BrokenChain {
  readonly userId: UserId;
  /** First row that is changed or missing. */
  readonly brokenAt: number;
}

/** Verifies the audit log of one account, or of all, one after the other. Answers how many and of how many rows. */
export async function verifyAudit(
  system: SystemDoor,
  only: UserId | undefined,
  onBroken: (broken: BrokenChain) => void,
): Promise<{ accounts: number; rows: number }> {
  const seen = { accounts: 0, rows: 0 };
  let user = only ?? (await next(system, undefined));
  while (user !== undefined) {
    const current = user;
    const { rows, brokenAt } = await system.asSystem((tx) => verifyChain(tx, current), {
      readOnly: true,
      timeoutMs: 60_000,
    });
    seen.accounts += 1;
    seen.rows += rows;
    if (brokenAt !== null) onBroken({ userId: current, brokenAt });
    user = only === undefined ? await next(system, current) : undefined;
  }
  return seen;
}

const next = (system: SystemDoor, after: UserId | undefined): Promise<UserId | undefined> =>
  system.asSystem((tx) => nextAudited(tx, after), { readOnly: true });
