import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

/**
 * A source file as its syntax tree. A file that does not parse is an error, not an empty tree:
 * a gate that sees nothing would pass.
 *
 * @param {string} root
 * @param {string} path Relative to the root.
 */
export function parseSource(root, path) {
  const text = readFileSync(join(root, path), 'utf8');
  const { program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error) throw new Error(`${path} does not parse: ${error.message}`);
  return {
    path,
    program,
    /** @param {{ start: number }} node */
    lineOf: (node) => text.slice(0, node.start).split('\n').length,
    /** @param {import('oxc-parser').VisitorObject} visitor */
    visit: (visitor) => new Visitor(visitor).visit(program),
  };
}

/** @typedef {ReturnType<typeof parseSource>} Source */

/**
 * The text of a string literal, also of a template without holes.
 *
 * @param {import('oxc-parser').Node | null | undefined} node
 * @returns {string | undefined}
 */
export function stringOf(node) {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? undefined;
  return undefined;
}
