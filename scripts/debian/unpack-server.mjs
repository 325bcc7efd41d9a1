import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openPrivateApt } from './private-apt.mjs';
import { usePrivateLibraries } from './private-libraries.mjs';

const run = promisify(execFile);

/**
 * Of everything apt would install, what the server's programs load. Perl, its setup scripts and the
 * JIT compiler (200 MB of LLVM) stay out.
 *
 * @param {string} name
 */
const isLibrary = (name) =>
  /^(lib|zlib)/.test(name) &&
  !/^lib(perl|llvm|z3|c-bin|c-l10n|pam-modules)|-perl$|-common$/.test(name);

/**
 * What to take from which Debian release.
 *
 * @typedef {object} DebianServer
 * @property {string} release For example `bookworm`.
 * @property {readonly string[]} packages
 * @property {RegExp} [programs] Packages that those depend on, and whose programs are wanted too.
 * @property {string} bin Folder of the programs below the tree, for example `usr/bin`.
 * @property {readonly string[]} [without] What must be absent, below the tree.
 */

/**
 * Downloads the packages and unpacks them below a folder.
 *
 * @param {DebianServer} server
 * @param {string} root
 */
async function unpack({ release, packages, programs }, root) {
  const work = await mkdtemp(join(tmpdir(), 'stellar-apt-'));
  try {
    const apt = await openPrivateApt(work, release);
    const wanted = [...packages, 'patchelf'];
    const closure = await apt.closure(wanted);
    const more = closure.filter((name) => programs?.test(name));
    await apt.download([...wanted, ...more, ...closure.filter(isLibrary)]);
    await mkdir(root, { recursive: true });
    for (const name of await readdir(work))
      if (name.endsWith('.deb')) await run('dpkg', ['-x', join(work, name), root]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Unpacks a server from Debian's packages into a folder of its own, with its own C library: no root, no
 * service, nothing of the system touched. What was in the folder is gone; a failure leaves it as it was.
 *
 * @param {DebianServer} server
 * @param {string} home
 */
export async function unpackServer(server, home) {
  const root = `${home}.partial-${process.pid}`;
  try {
    await unpack(server, root);
    for (const path of server.without ?? []) await rm(join(root, path), { force: true });
    await usePrivateLibraries(root, home, server.bin);
    await rm(home, { recursive: true, force: true });
    await rename(root, home);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
