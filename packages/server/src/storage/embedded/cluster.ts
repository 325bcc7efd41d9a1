import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

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
  const worker = new Worker(new URL('./cluster-worker.js', import.meta.url), {
    workerData: { directory: aside },
    execArgv: [],
  });
  const [code] = (await once(worker, 'exit')) as [number];
  if (code !== 0) throw new Error(`making the database ended with ${code}`);
  await rename(aside, cluster);
  return cluster;
}
