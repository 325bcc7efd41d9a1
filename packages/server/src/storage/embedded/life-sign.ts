import { once } from 'node:events';
import { closeSync, openSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';

// Two containers that share a directory do not see each other's processes, but a socket in the directory answers
// both as long as its process lives: the kernel answers, so a process that is stopped or busy counts as alive.

/** A socket that answers while this process lives. */
export interface LifeSign {
  /** Its name in the directory. */
  readonly name: string;
  withdraw(): void;
}

/** Puts a life sign into the directory, or returns `undefined` where sockets cannot be. Linux only needs it. */
export async function showLifeSign(directory: string, id: string): Promise<LifeSign | undefined> {
  if (process.platform !== 'linux') return undefined;
  const name = `engine-${id}.sock`;
  const server = createServer((connection) => connection.destroy()).unref();
  try {
    await withShortPath(directory, name, async (path) => {
      server.listen(path);
      await once(server, 'listening');
    });
  } catch {
    // A file system without sockets (some shared folders of virtual machines): the process id must do.
    return undefined;
  }
  const withdraw = (): void => {
    server.close();
    rmSync(join(directory, name), { force: true });
  };
  return { name, withdraw };
}

/** Whether a life sign answers. A crash leaves a socket that refuses; none at all says nothing. */
export async function lifeSignState(
  directory: string,
  name: string,
): Promise<'alive' | 'dead' | 'unknown'> {
  try {
    await withShortPath(directory, name, async (path) => {
      const connection = createConnection(path);
      await once(connection, 'connect');
      connection.destroy();
    });
    return 'alive';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'dead' : 'unknown';
  }
}

/** Socket paths end at 107 bytes, data directories do not: this names one through its directory's descriptor. */
async function withShortPath<T>(
  directory: string,
  name: string,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const descriptor = openSync(directory, 'r');
  try {
    return await work(`/proc/self/fd/${descriptor}/${name}`);
  } finally {
    closeSync(descriptor);
  }
}
