import type { AdminService } from '../auth/account-service.js';
import { createAdminService } from '../auth/admin-service.system.js';
import type { Config } from '../config.js';
import { openPostgresDatabase } from '../storage/postgres/postgres-database.js';
import { createSystemDoor } from '../storage/system-door.system.js';

/** What an operator does without a running server. */
export interface Operator {
  readonly accounts: AdminService;
  close(): Promise<void>;
}

/** Opens a Postgres database for an operator's command. `config` has passed `servingRules` and names a database. */
export function openOperator({ databaseUrl = '', secret = '' }: Config): Operator {
  const database = openPostgresDatabase({ url: databaseUrl, poolSize: 1 });
  const accounts = createAdminService({ system: createSystemDoor(database), secret });
  return { accounts, close: () => database.close() };
}
