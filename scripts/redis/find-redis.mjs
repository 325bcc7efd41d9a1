import { execFileSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { cacheFolder } from '../postgres/find-postgres.mjs';

/** Where `install-redis.mjs` keeps what it made. */
export const redisHome = () => join(cacheFolder(), 'redis');

/**
 * @param {string} program
 * @returns {boolean}
 */
function runs(program) {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // absent, or its libraries are: as good as absent
  }
}

/**
 * The Redis server to use: of the cache, else of the PATH.
 *
 * @returns {string | undefined} Its program.
 */
export const findRedis = () =>
  [join(redisHome(), 'usr/bin'), ...(process.env['PATH'] ?? '').split(delimiter)]
    .map((folder) => join(folder, 'redis-server'))
    .find(runs);
