import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Engine } from './engine.js';

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
  await Engine.initialise(aside);
  await syncTree(aside);
  await rename(aside, cluster);
  return cluster;
}

async function syncTree(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) await syncFile(join(entry.parentPath, entry.name));
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}
