#!/usr/bin/env node
// npm start: builds what changed since the last time (the compiler's own up-to-date check), then
// runs the server in this very process, so that signals and the exit code need no passing on.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @param {string} path Relative to the root. */
const fromRoot = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const compiler = fromRoot('node_modules/typescript/bin/tsc');
const server = fromRoot('packages/server/dist/main.js');

// A production install (`npm ci --omit=dev`) has no compiler: it runs what was built before.
if (existsSync(compiler)) {
  const build = spawnSync(process.execPath, [compiler, '-b', fromRoot('packages/server')], {
    stdio: ['ignore', 2, 2],
  });
  if (build.status !== 0) process.exit(build.status ?? 1);
} else if (!existsSync(server)) {
  process.stderr.write('Not built, and no compiler to build with: run `npm ci` first.\n');
  process.exit(1);
}

// npm's shell ends on SIGTERM without passing it on: a server that lost its parent ends as if it had been told to,
// instead of keeping its port and its data folder for ever.
const parent = process.ppid;
const watch = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(watch);
  process.kill(process.pid, 'SIGTERM');
}, 500);
watch.unref();

await import(server);
