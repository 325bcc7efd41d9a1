#!/usr/bin/env node
// Unpacks a Redis server from Debian's packages into a folder of its own, unless this machine has one.
//
//   node scripts/install-redis.mjs
import { unpackServer } from './debian/unpack-server.mjs';
import { findRedis, redisHome } from './redis/find-redis.mjs';

const server = {
  release: 'bookworm',
  packages: ['redis-server', 'redis-tools'],
  bin: 'usr/bin',
};

if (findRedis() === undefined) await unpackServer(server, redisHome());
const program = findRedis();
if (program === undefined) throw new Error(`The Redis in ${redisHome()} does not run here.`);
process.stdout.write(`${program}\n`);
