import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { openPostgresDatabase } from '../storage/postgres/postgres-database.js';
import type { Engine } from './engine.js';
import { migrateIfEmpty } from './migrations.js';
import { openPostgresWakes } from './postgres-wakes.js';
import { redisWakes } from './redis-wakes.js';
import { refused } from './refused.js';
import { assertSafeToServe } from './safe-to-serve.js';
import type { OpenWakes } from './wakes-as-text.js';

/**
 * Opens Postgres as the app login, once the database itself is seen to keep tenants apart.
 * Errors: `StartRefused` when it does not, when its schema is not today's, when it cannot be reached, or when what
 * REDIS_URL needs is not installed.
 */
export async function openPostgresEngine(config: Config, logger: Logger): Promise<Engine> {
  const { databaseUrl: url = '', secret = '' } = config;
  const openWakes = await wakesOf(config);
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
  return {
    database,
    secret,
    storage: `Postgres at ${new URL(url).hostname}`,
    ...(openWakes !== undefined && {
      openWakes: (onWake) =>
        openWakes(onWake, (err) =>
          logger.warn({ err }, 'no connection for wakes; other nodes’ changes are polled'),
        ),
    }),
  };
}

/** By Redis where one is configured, else by the direct connection; by neither there is polling alone. */
async function wakesOf(config: Config): Promise<OpenWakes | undefined> {
  const { redisUrl, databaseDirectUrl } = config;
  if (redisUrl !== undefined) return redisWakes(redisUrl);
  if (databaseDirectUrl === undefined) return undefined;
  return (onWake, onError) => openPostgresWakes(databaseDirectUrl, onWake, onError);
}
