import type { Logger } from 'pino';
import { generateKey, keyHash } from '../auth/key-format.js';
import { ensureLocalAccount } from '../auth/local-account.system.js';
import {
  type DataFolder,
  dataFolder,
  keep,
  makeDataFolder,
  newSecret,
} from '../config/data-folder.js';
import { StartRefused } from '../config/start-refused.js';
import type { Config } from '../config.js';
import type { Database } from '../storage/database.js';
import {
  type EmbeddedDatabase,
  openEmbeddedDatabase,
} from '../storage/embedded/embedded-database.js';
import { migrateUp } from '../storage/migrate/migrate.js';
import { ensureVectors, type SpaceDefinition } from '../storage/migrate/vectors.js';
import { createSystemDoor } from '../storage/system-door.system.js';
import type { Engine, LocalAccess } from './engine.js';
import { refused } from './refused.js';
import { assertSafeToServe } from './safe-to-serve.js';
import { spaceOf } from './vectors.js';

/** Opens the embedded engine in the data folder, with its secret, its local account and that account's key. */
export async function openEmbeddedEngine(config: Config, logger: Logger): Promise<Engine> {
  const folder = dataFolder(config.dataDir);
  logger.info(
    { folder: folder.path },
    'opening the embedded database; the first time takes seconds',
  );
  const space = spaceOf(config);
  const database = await openDatabase(folder, logger, space !== undefined);
  try {
    await migrate(database, space);
    await assertSafeToServe(database);
    const secret = config.secret ?? (await keep(folder.secret, newSecret)).text;
    const local = await openLocalAccount(database, folder, secret);
    return { database, secret, storage: `embedded database in ${folder.path}`, local };
  } catch (error) {
    await database.close();
    throw refused(error);
  }
}

async function openDatabase(
  folder: DataFolder,
  logger: Logger,
  vectors: boolean,
): Promise<EmbeddedDatabase> {
  try {
    await makeDataFolder(folder);
    return await openEmbeddedDatabase({
      dataDir: folder.path,
      vectors,
      onUpkeepError: (err) => logger.error({ err }, 'upkeep of the embedded database failed'),
    });
  } catch (error) {
    throw refused(error);
  }
}

/** Whoever has the folder is its owner and its only user: no step for an operator. */
async function migrate(
  database: EmbeddedDatabase,
  space: SpaceDefinition | undefined,
): Promise<void> {
  const owner = database.openOwner();
  try {
    await migrateUp(owner);
    if (space !== undefined) await ensureVectors(owner, space);
  } finally {
    await owner.close();
  }
}

/**
 * The file comes first: a crash in between leaves a key that the next start registers, never an account
 * whose key nobody has.
 */
async function openLocalAccount(
  database: Database,
  folder: DataFolder,
  secret: string,
): Promise<LocalAccess> {
  const { text: key, made } = await keep(folder.localKey, generateKey);
  if (keyHash(key, secret) === undefined)
    throw new StartRefused([
      `${folder.localKey} holds no API key. Delete it: the next start makes a new one.`,
    ]);
  await ensureLocalAccount(createSystemDoor(database), secret, key);
  const keyPath = folder.localKey;
  return made ? { keyPath, newKey: key } : { keyPath };
}
