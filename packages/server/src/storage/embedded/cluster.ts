import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, statfs } from 'node:fs/promises';
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
  await assertRoom(dataDir);
  const aside = join(dataDir, 'pgdata.new');
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { mode: 0o700 });
  await promisify(execFile)(process.execPath, ['--liftoff-only', program, aside]);
  await rename(aside, cluster);
  return cluster;
}

/** An empty cluster takes 24 MB, its first memories and their WAL soon as much again. */
const neededBytes = 100 * 1024 * 1024;

/** Fails as the file system would, but before a cluster is half made. */
async function assertRoom(dataDir: string): Promise<void> {
  const { bavail, bsize } = await statfs(dataDir);
  if (bavail * bsize >= neededBytes) return;
  const error = new Error(`ENOSPC: a new database needs 100 MB on the disk of ${dataDir}`);
  throw Object.assign(error, { code: 'ENOSPC', path: dataDir });
}
