import { readFileSync } from 'node:fs';

/**
 * Postgres refuses to run as root, so root starts it as somebody who may do nothing else.
 *
 * @typedef {{ readonly uid: number, readonly gid: number }} UserIds
 */

/**
 * Whom to run Postgres as: nobody in particular (`undefined`) unless we are root.
 * Node drops the supplementary groups too when it is given both ids.
 *
 * @returns {UserIds | undefined}
 */
export function unprivilegedUser() {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n');
  const account =
    accounts.find((line) => line.startsWith('postgres:')) ??
    accounts.find((line) => line.startsWith('nobody:'));
  if (account === undefined)
    throw new Error('Running as root, and there is neither a user postgres nor nobody.');
  const [, , uid, gid] = account.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}
