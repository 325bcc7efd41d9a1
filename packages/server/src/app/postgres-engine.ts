import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { openPostgresDatabase } from '../storage/postgres/postgres-database.js';
import type { Engine } from './engine.js';
import { migrateIfEmpty } from './migrations.js';
import { openPostgresWakes } from './postgres-wakes.js';
import { refused } from './refused.js';
import { assertSafeToServe } from './safe-to-serve.js';

/**
 * Opens Postgres as the app login, once the database itself is seen to keep tenants apart.
 * Errors: `StartRefused` when it does not, when its schema is not today's, or when it cannot be reached.
 */
export async function openPostgresEngine(config: Config, logger: Logger): Promise<Engine> {
  const { databaseUrl: url = '', secret = '' } = config;
  if (config.databaseDirectUrl !== undefined)
    await migrateIfEmpty(config, (step) => logger.info({ step }, 'migrating an empty database'));
  const database = openPostgresDatabase({
    url,
    onIdleError: (err) => logger.warn({ err }, 'an idle database connection was lost'),
  });
  try {
    await assertSafeToServe(database);
  } catch (error) {
    await database.close();
    throw refused(error, { name: 'DATABASE_URL', url });
  }
  const { databaseDirectUrl: directUrl } = config;
  return {
    database,
    secret,
    storage: `Postgres at ${new URL(url).hostname}`,
    ...(directUrl !== undefined && {
      openWakes: (onWake) =>
        openPostgresWakes(directUrl, onWake, (err) =>
          logger.warn({ err }, 'no connection for wakes; other nodes’ changes are polled'),
        ),
    }),
  };
}
