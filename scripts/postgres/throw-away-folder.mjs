import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unprivilegedUser } from './unprivileged-user.mjs';

/**
 * Ends the server and deletes the folder when its stdin closes: when asked to, and just as well when
 * the process that holds the other end is gone, be it by an exception, Ctrl-C or SIGKILL. Data that
 * nobody will read again needs no checkpoint, so the shutdown is immediate.
 */
const keeper = `
cat >/dev/null
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) || pid=
[ -z "$pid" ] || kill -QUIT "$pid" 2>/dev/null || :
while [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
rm -rf "$1"
`;

/**
 * A folder for a cluster in `data`, owned by the user who runs it. It does not outlive this process,
 * and neither does a server in it.
 *
 * @returns {Promise<{ folder: string, remove: () => Promise<void> }>}
 */
export async function throwAwayFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'stellar-postgres-'));
  const user = unprivilegedUser();
  if (user) await chown(folder, user.uid, user.gid);
  const keeping = spawn('/bin/sh', ['-c', keeper, 'keeper', folder], {
    ...user,
    cwd: '/',
    detached: true, // a terminal's Ctrl-C must not reach it
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  keeping.unref();
  const gone = once(keeping, 'exit');
  const remove = async () => {
    keeping.ref();
    keeping.stdin.end();
    await gone;
  };
  return { folder, remove };
}
