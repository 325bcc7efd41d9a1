import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { type DataFolder, dataFolder } from '../config/data-folder.js';
import { StartRefused } from '../config/start-refused.js';
import type { Config } from '../config.js';
import { openPostgresDatabase } from '../storage/postgres/postgres-database.js';
import { openMigrations } from './migrations.js';
import { refused } from './refused.js';
import { assertSafeToServe } from './safe-to-serve.js';

/** One thing that was looked at. */
export interface Finding {
  readonly about: string;
  /** What is wrong, each with what to do; none when all is well. */
  readonly problems: readonly string[];
}

/** Looks at the database that this configuration names. Changes nothing. */
export const diagnoseStorage = (config: Config): Promise<Finding[]> =>
  config.databaseUrl === undefined
    ? diagnoseFolder(dataFolder(config.dataDir))
    : diagnosePostgres(config, config.databaseUrl);

async function diagnoseFolder(folder: DataFolder): Promise<Finding[]> {
  if ((await modeOf(folder.path)) === undefined)
    return [{ about: `data folder ${folder.path} (the first start makes it)`, problems: [] }];
  return [
    await finding(`data folder ${folder.path}`, () =>
      access(folder.path, constants.R_OK | constants.W_OK),
    ),
    await finding('secrets readable by their owner only', async () => {
      const open = [];
      for (const path of [folder.secret, folder.localKey])
        if (((await modeOf(path)) ?? 0) & 0o077) open.push(path);
      if (open.length > 0)
        throw new StartRefused(
          open.map((path) => `Others may read ${path}. Run: chmod 600 ${path}`),
        );
    }),
  ];
}

async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function diagnosePostgres(config: Config, url: string): Promise<Finding[]> {
  const findings = [
    await finding('DATABASE_URL: schema, roles and row security', async () => {
      const database = openPostgresDatabase({ url, poolSize: 1 });
      try {
        await assertSafeToServe(database);
      } catch (error) {
        throw refused(error, { name: 'DATABASE_URL', url });
      } finally {
        await database.close();
      }
    }),
  ];
  if (config.databaseDirectUrl !== undefined)
    findings.push(
      await finding('DATABASE_DIRECT_URL: migrations', () => assertNonePending(config)),
    );
  return findings;
}

async function assertNonePending(config: Config): Promise<void> {
  const { migrations } = await openMigrations(config, () => undefined).status();
  const open = migrations.filter(({ state }) => state === 'pending' || state === 'unfinished');
  if (open.length > 0)
    throw new StartRefused([
      `Not applied: ${open.map(({ name }) => name).join(', ')}. Run: stellar-memory migrate up`,
    ]);
}

/** What a check found: nothing when it passes, its words when it refuses. */
export async function finding(about: string, check: () => Promise<unknown>): Promise<Finding> {
  try {
    await check();
    return { about, problems: [] };
  } catch (error) {
    const known = refused(error);
    if (known instanceof StartRefused) return { about, problems: known.problems };
    return { about, problems: [error instanceof Error ? error.message : String(error)] };
  }
}
