import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/**
 * Every file with one of the extensions below a folder, as sorted paths relative to the root, with
 * forward slashes.
 *
 * @param {string} root
 * @param {string} folder Relative to the root; may be missing.
 * @param {readonly string[]} extensions
 * @returns {string[]}
 */
export function sourceFiles(root, folder, extensions = ['.ts', '.tsx']) {
  const start = join(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extensions.some((end) => entry.name.endsWith(end)))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path))
    .toSorted();
}

/**
 * The packages of the workspace that lie below the root.
 *
 * @param {string} root
 * @returns {string[]} For example `packages/server`.
 */
export function workspaceFolders(root) {
  const packages = join(root, 'packages');
  if (!existsSync(packages)) return [];
  return readdirSync(packages).map((name) => `packages/${name}`);
}
