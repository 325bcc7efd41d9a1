import { stringOf } from '../source/parse.mjs';
import { environmentReaders } from './layers.mjs';

/**
 * Rules about what a file says rather than what it imports.
 *
 * @typedef {import('oxc-parser').Node} Node
 */

/**
 * `name` of `x.name` and of `x['name']`.
 *
 * @param {import('oxc-parser').MemberExpression} node
 */
const propertyOf = (node) =>
  !node.computed && node.property.type === 'Identifier'
    ? node.property.name
    : stringOf(node.property);

/** @param {Node | null | undefined} node */
const isProcess = (node) =>
  (node?.type === 'Identifier' && node.name === 'process') ||
  (node?.type === 'MemberExpression' && propertyOf(node) === 'process');

/** @param {Node | null | undefined} pattern */
const takesEnv = (pattern) =>
  pattern?.type === 'ObjectPattern' &&
  pattern.properties.some(
    (property) =>
      property.type === 'RestElement' ||
      (property.key.type === 'Identifier' && property.key.name === 'env'),
  );

/**
 * Reads of the environment: by member, by destructuring and by import.
 *
 * @param {import('../source/parse.mjs').Source} source
 * @param {(node: Node) => void} report
 */
function environmentReads(source, report) {
  source.visit({
    MemberExpression: (node) => {
      if (isProcess(node.object) && propertyOf(node) === 'env') report(node);
    },
    VariableDeclarator: (node) => {
      if (isProcess(node.init) && takesEnv(node.id)) report(node);
    },
    ImportDeclaration: (node) => {
      if (/^(node:)?process$/.test(node.source.value)) report(node);
    },
  });
}

/**
 * @param {import('../source/parse.mjs').Source} source
 * @param {(node: Node) => void} report
 */
function defaultExports(source, report) {
  source.visit({
    ExportDefaultDeclaration: report,
    ExportSpecifier: (node) => {
      const name = node.exported.type === 'Identifier' ? node.exported.name : node.exported.value;
      if (name === 'default') report(node);
    },
  });
}

/**
 * The moment and chance, which pure rules take as arguments.
 *
 * @param {import('../source/parse.mjs').Source} source
 * @param {(node: Node) => void} report
 */
function ambientTime(source, report) {
  const ambient = new Set(['Date.now', 'Math.random', 'performance.now']);
  source.visit({
    MemberExpression: (node) => {
      if (node.object.type !== 'Identifier') return;
      if (ambient.has(`${node.object.name}.${propertyOf(node)}`)) report(node);
    },
    NewExpression: (node) => {
      const isDate = node.callee.type === 'Identifier' && node.callee.name === 'Date';
      if (isDate && node.arguments.length === 0) report(node);
    },
  });
}

/**
 * What is wrong with a file's own text.
 *
 * @param {import('../source/parse.mjs').Source} source
 * @param {string} layer
 * @returns {{ line: number, problem: string }[]}
 */
export function syntaxProblems(source, layer) {
  /** @type {{ line: number, problem: string }[]} */
  const problems = [];
  /** @type {(problem: string) => (node: Node) => void} */
  const report = (problem) => (node) => {
    problems.push({ line: source.lineOf(node), problem });
  };
  defaultExports(source, report('no default exports'));
  if (!environmentReaders.includes(layer))
    environmentReads(source, report('only main and cli read the environment'));
  if (layer === 'domain' || layer === 'protocol')
    ambientTime(source, report('pure rules take the time and chance as arguments'));
  return problems;
}
