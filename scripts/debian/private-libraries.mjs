import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * The folders of an unpacked tree that hold shared libraries: `lib/<triplet>` up to Debian 12, and
 * `usr/lib/<triplet>`.
 *
 * @param {string} root
 */
async function libraryFolders(root) {
  const found = [];
  for (const parent of ['lib', 'usr/lib']) {
    if (!existsSync(join(root, parent))) continue;
    const names = await readdir(join(root, parent));
    found.push(...names.filter((name) => name.includes('-linux-gnu')).map((n) => join(parent, n)));
  }
  return found;
}

/**
 * The dynamic loader of the tree's own C library, relative to the root.
 *
 * @param {string} root
 * @param {readonly string[]} folders
 */
async function loaderOf(root, folders) {
  for (const folder of folders) {
    const name = (await readdir(join(root, folder))).find((file) => /^ld-linux.*\.so/.test(file));
    if (name !== undefined) return join(folder, name);
  }
  throw new Error('The unpacked packages hold no C library.');
}

/** @param {string} file */
async function isElf(file) {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1') === '\x7fELF';
  } finally {
    await handle.close();
  }
}

/**
 * Makes the programs of an unpacked tree run with the tree's own loader and libraries, whatever C
 * library the machine has. The loader's path is absolute, hence `home`, where the tree will stay.
 *
 * @param {string} root Where the tree is now.
 * @param {string} home Where it will be.
 * @param {string} bin Folder of the programs, relative to the root.
 */
export async function usePrivateLibraries(root, home, bin) {
  const folders = await libraryFolders(root);
  const loader = await loaderOf(root, folders);
  const up = bin.split('/').map(() => '..');
  const rpath = folders.map((folder) => ['$ORIGIN', ...up, folder].join('/')).join(':');
  // patchelf came with the tree, so it needs the tree's libraries as well.
  const libraryPath = folders.map((folder) => join(root, folder)).join(':');
  const patchelf = ['--library-path', libraryPath, join(root, 'usr/bin/patchelf')];
  for (const name of await readdir(join(root, bin))) {
    const program = join(root, bin, name);
    // It cannot write to itself while it runs.
    if (name === 'patchelf' || !(await isElf(program))) continue;
    // --force-rpath: only the old DT_RPATH also holds for libraries of libraries and for extensions.
    const changes = [
      '--set-interpreter',
      join(home, loader),
      '--force-rpath',
      '--set-rpath',
      rpath,
    ];
    await run(join(root, loader), [...patchelf, ...changes, program]);
  }
}
