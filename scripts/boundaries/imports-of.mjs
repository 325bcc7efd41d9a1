import { stringOf } from '../source/parse.mjs';

/**
 * One module asking for another.
 *
 * @typedef {object} ModuleImport
 * @property {string | undefined} specifier Nothing when it is computed, so that nobody can check it.
 * @property {'type' | 'value'} kind What it needs: only types, or something that runs.
 * @property {number} line
 */

/**
 * `import type …`, and `import { type A, type B }` alike.
 *
 * @param {'type' | 'value' | undefined} kind Of the whole declaration.
 * @param {readonly ('type' | 'value' | undefined)[]} parts Of each name in it.
 * @returns {'type' | 'value'}
 */
const kindOf = (kind, parts) =>
  kind === 'type' || (parts.length > 0 && parts.every((part) => part === 'type'))
    ? 'type'
    : 'value';

/**
 * Whether this is `new URL('./file', import.meta.url)`: how a worker's file is named.
 *
 * @param {import('oxc-parser').NewExpression} node
 */
const isModuleUrl = (node) =>
  node.callee.type === 'Identifier' &&
  node.callee.name === 'URL' &&
  node.arguments[1]?.type === 'MemberExpression' &&
  node.arguments[1].object.type === 'MetaProperty';

/**
 * Every way in which a module names another: import and export declarations, `import()`, `import('…')`
 * in types, `import x = require()`, `declare module`, and the file of a worker.
 *
 * @param {import('../source/parse.mjs').Source} source
 * @returns {ModuleImport[]}
 */
export function importsOf(source) {
  /** @type {ModuleImport[]} */
  const found = [];
  /** @type {(node: { start: number }, specifier: string | undefined, kind: 'type' | 'value') => void} */
  const add = (node, specifier, kind) => {
    found.push({ specifier, kind, line: source.lineOf(node) });
  };
  source.visit({
    ImportDeclaration: (node) => {
      const parts = node.specifiers.map((part) =>
        part.type === 'ImportSpecifier' ? part.importKind : 'value',
      );
      add(node, node.source.value, kindOf(node.importKind, parts));
    },
    ExportAllDeclaration: (node) => add(node, node.source.value, kindOf(node.exportKind, [])),
    ExportNamedDeclaration: (node) => {
      const parts = node.specifiers.map((part) => part.exportKind);
      if (node.source) add(node, node.source.value, kindOf(node.exportKind, parts));
    },
    ImportExpression: (node) => add(node, stringOf(node.source), 'value'),
    TSImportType: (node) => add(node, node.source.value, 'type'),
    TSImportEqualsDeclaration: (node) => {
      if (node.moduleReference.type === 'TSExternalModuleReference')
        add(node, node.moduleReference.expression.value, 'value');
    },
    TSModuleDeclaration: (node) => {
      if (node.id.type === 'Literal') add(node, node.id.value, 'type');
    },
    NewExpression: (node) => {
      const specifier = stringOf(node.arguments[0]);
      if (isModuleUrl(node) && /\.[jt]s$/.test(specifier ?? '')) add(node, specifier, 'value');
    },
  });
  return found;
}
