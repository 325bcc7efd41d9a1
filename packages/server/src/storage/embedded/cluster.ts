import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const program = fileURLToPath(new URL('./make-cluster.js', import.meta.url));

/**
 * The cluster's directory inside the data directory, made on first use.
 *
 * Made aside, synced and renamed: after a crash there is a whole cluster or none.
 */
export async function ensureCluster(dataDir: string): Promise<string> {
  const cluster = join(dataDir, 'pgdata');
  if (existsSync(cluster)) return cluster;
  const aside = join(dataDir, 'pgdata.new');
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { mode: 0o700 });
  await promisify(execFile)(process.execPath, ['--liftoff-only', program, aside]);
  await rename(aside, cluster);
  return cluster;
}
