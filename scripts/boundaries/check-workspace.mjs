import { parseSource } from '../source/parse.mjs';
import { sourceFiles, workspaceFolders } from '../source/source-files.mjs';
import { importProblems } from './import-rules.mjs';
import { importsOf } from './imports-of.mjs';
import { layerOf } from './layers.mjs';
import { syntaxProblems } from './syntax-rules.mjs';

/**
 * @typedef {object} BoundaryReport
 * @property {readonly string[]} files What was read.
 * @property {number} imports How many imports were judged: none at all would be a blind check.
 * @property {readonly string[]} problems One line each, `path:line: what is wrong`.
 */

/**
 * Reads every source of a workspace and judges it by the import table.
 *
 * @param {string} root
 * @returns {BoundaryReport}
 */
export function checkWorkspace(root) {
  const extensions = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];
  const files = workspaceFolders(root).flatMap((f) => sourceFiles(root, `${f}/src`, extensions));
  const sources = new Set(files);
  const problems = [];
  let imports = 0;
  for (const path of files) {
    const layer = layerOf(path);
    if (layer === undefined) {
      problems.push(`${path}:1: belongs to no layer of the import table`);
      continue;
    }
    const source = parseSource(root, path);
    for (const wanted of importsOf(source)) {
      imports += 1;
      for (const problem of importProblems({ path, layer, sources }, wanted))
        problems.push(`${path}:${wanted.line}: ${problem}`);
    }
    for (const { line, problem } of syntaxProblems(source, layer))
      problems.push(`${path}:${line}: ${problem}`);
  }
  return { files, imports, problems };
}
