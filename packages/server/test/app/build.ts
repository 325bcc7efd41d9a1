import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Brings the build up to date: a process test must not judge yesterday's code. Incremental, so mostly 0.5 s. */
export function buildServer(): void {
  const { stdout } = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-b', 'packages/server'],
    { cwd: root, encoding: 'utf8' },
  );
  // The type check is `npm run build`'s to judge; here only that there is something to run.
  if (!existsSync(main)) throw new Error(`the server could not be built:\n${stdout}`);
}
