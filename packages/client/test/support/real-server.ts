import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildServer } from '../../../server/test/app/build.js';
import { ServerProcess } from '../../../server/test/app/server-process.js';

/** The real server on the embedded engine, in a process of its own. */
export interface RealServer {
  readonly url: string;
  /** Holds the local key, and nothing of another test. */
  readonly dataDir: string;
  stop(): Promise<void>;
}

/** Starts one in a fresh data folder. */
export async function startRealServer(): Promise<RealServer> {
  buildServer();
  const dataDir = await mkdtemp(join(tmpdir(), 'stellar-full-stack-'));
  const server = new ServerProcess({ STELLAR_DATA_DIR: dataDir });
  const { url } = await server.ready();
  return {
    url,
    dataDir,
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true });
    },
  };
}
