import type { AdminService } from '../auth/account-service.js';
import { createAdminService } from '../auth/admin-service.system.js';
import { type BrokenChain, verifyAudit } from '../auth/verify-audit.system.js';
import type { Config } from '../config.js';
import type { UserId } from '../domain/ids.js';
import { verifyAllUsage } from '../memory/verify-all-usage.system.js';
import type { UsageDrift } from '../memory/verify-usage.js';
import { openPostgresDatabase } from '../storage/postgres/postgres-database.js';
import { createSystemDoor } from '../storage/system-door.system.js';
import { createTenantDoor } from '../storage/tenant-door.js';

/** What an operator does without a running server. */
export interface Operator {
  readonly accounts: AdminService;
  /** Holds every tenant's counters against its memories and repairs them. Answers how many were looked at. */
  verifyUsage(onDrift: (drift: UsageDrift) => void): Promise<number>;
  /** Verifies the audit log of one account or of all. */
  verifyAudit(
    only: UserId | undefined,
    onBroken: (broken: BrokenChain) => void,
  ): Promise<{ accounts: number; rows: number }>;
  close(): Promise<void>;
}

/** Opens a Postgres database for an operator's command. `config` has passed `servingRules` and names a database. */
export function openOperator({ databaseUrl = '', secret = '' }: Config): Operator {
  const database = openPostgresDatabase({ url: databaseUrl, poolSize: 1 });
  const system = createSystemDoor(database);
  const tenants = createTenantDoor(database);
  return {
    accounts: createAdminService({ system, secret, clock: { nowMs: () => Date.now() } }),
    verifyUsage: (onDrift) => verifyAllUsage({ system, tenants, olderThanHours: 0, onDrift }),
    verifyAudit: (only, onBroken) => verifyAudit(system, only, onBroken),
    close: () => database.close(),
  };
}
