import { posix } from 'node:path';
import { keepers, layerOf, layers, wiring } from './layers.mjs';

/**
 * @typedef {import('./imports-of.mjs').ModuleImport} ModuleImport
 *
 * @typedef {object} Importer
 * @property {string} path Relative to the root.
 * @property {string} layer
 * @property {ReadonlySet<string>} sources Paths of every source file of the workspace.
 */

/** The module whose tag makes SQL, and the door to every tenant's rows. */
const sqlModule = 'packages/server/src/storage/sql.ts';
const systemDoor = 'packages/server/src/storage/system-door.system.ts';

/**
 * The source file that a relative specifier names, written as the emitted `.js`.
 *
 * @param {Importer} importer
 * @param {string} specifier
 */
function resolve({ path, sources }, specifier) {
  const target = posix.join(posix.dirname(path), specifier);
  const candidates = [target, target.replace(/\.js$/, '.ts'), target.replace(/\.js$/, '.tsx')];
  return candidates.find((candidate) => sources.has(candidate));
}

/**
 * @param {string} from
 * @param {string} to
 * @param {'type' | 'value'} kind
 */
function layerProblem(from, to, kind) {
  const { may = [], typesOf = [] } = layers[from] ?? {};
  if (from === to || may.includes(to)) return undefined;
  if (!typesOf.includes(to)) return `${from} may not import ${to}`;
  return kind === 'type' ? undefined : `${from} may import only types of ${to}`;
}

/**
 * Cross-tenant work stays in files that say so: the door itself only ever goes there, and what runs
 * behind it is called from there. Row types may travel.
 *
 * @param {Importer} importer
 * @param {string} target
 * @param {'type' | 'value'} kind
 */
function systemProblem({ path, layer }, target, kind) {
  if (!target.endsWith('.system.ts') || path.endsWith('.system.ts')) return undefined;
  if (wiring.includes(layer) || (kind === 'type' && target !== systemDoor)) return undefined;
  return `only *.system.ts files and the wiring may import ${posix.basename(target)}`;
}

/**
 * @param {Importer} importer
 * @param {string} specifier
 */
function externalProblem({ layer }, specifier) {
  const name = specifier.startsWith('@')
    ? specifier.split('/').slice(0, 2).join('/')
    : (specifier.split('/')[0] ?? specifier);
  const allowed = layers[layer]?.externals;
  if (allowed && !allowed.includes(name)) return `${layer} may not use ${name}`;
  const owners = keepers[name];
  if (owners && !owners.includes(layer)) return `only ${owners.join(', ')} may use ${name}`;
  return undefined;
}

/**
 * What is wrong with one import.
 *
 * @param {Importer} importer
 * @param {ModuleImport} wanted
 * @returns {string[]}
 */
export function importProblems(importer, { specifier, kind }) {
  if (specifier === undefined) return ['a computed import cannot be checked'];
  const [, workspace] = /^@stellar-memory\/([^/]+)/.exec(specifier) ?? [];
  if (workspace) return found(layerProblem(importer.layer, workspace, kind));
  if (!specifier.startsWith('.')) return found(externalProblem(importer, specifier));
  const target = resolve(importer, specifier);
  if (target === undefined) return [`${specifier} is no source file of this workspace`];
  const layer = layerOf(target);
  if (layer === undefined || target.split('/')[1] !== importer.path.split('/')[1])
    return [`${specifier} leaves the package`];
  return found(
    layerProblem(importer.layer, layer, kind),
    systemProblem(importer, target, kind),
    target === sqlModule && importer.layer !== 'storage'
      ? 'SQL is written in storage only'
      : undefined,
  );
}

/** @param {(string | undefined)[]} problems */
const found = (...problems) => problems.filter((problem) => problem !== undefined);
