import { stringOf } from '../source/parse.mjs';

/**
 * A test saying which requirement it verifies.
 *
 * @typedef {object} Claim
 * @property {string} id
 * @property {string} place `path:line`.
 *
 * @typedef {object} Claims
 * @property {Claim[]} claims
 * @property {string[]} problems Calls that claim nothing, one line each.
 */

/** @typedef {import('oxc-parser').Node} Node */

/**
 * The local name under which a file imports `verifies`, if it does.
 *
 * @param {import('../source/parse.mjs').Source} source
 */
function localName(source) {
  let name;
  source.visit({
    ImportDeclaration: (node) => {
      if (!/(^|\/)verifies\.js$/.test(node.source.value)) return;
      for (const part of node.specifiers)
        if (part.type === 'ImportSpecifier') name = part.local.name;
    },
  });
  return name;
}

/**
 * Whether the callee is `test.skip`, `describe.todo.each` or the like.
 *
 * @param {Node} callee
 * @returns {boolean}
 */
function isSwitchedOff(callee) {
  if (callee.type === 'CallExpression') return isSwitchedOff(callee.callee);
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false;
  return ['skip', 'todo'].includes(callee.property.name) || isSwitchedOff(callee.object);
}

/**
 * Reads the `verifies('…')` calls of one file. A claim inside a test that is switched off, outside
 * of any test, or computed, is no claim: it would go on claiming when nothing is tested.
 *
 * @param {import('../source/parse.mjs').Source} source
 * @returns {Claims}
 */
export function claimsOf(source) {
  /** @type {Claims} */
  const found = { claims: [], problems: [] };
  const name = localName(source);
  if (name === undefined) return found;
  /** @type {import('oxc-parser').CallExpression[]} */
  const around = [];
  /** @param {import('oxc-parser').CallExpression} call */
  const read = (call) => {
    const place = `${source.path}:${source.lineOf(call)}`;
    if (around.length === 0) found.problems.push(`${place}: verifies outside of any test`);
    else if (around.some(({ callee }) => isSwitchedOff(callee)))
      found.problems.push(`${place}: verifies inside a test that is switched off`);
    else
      for (const argument of call.arguments) {
        const id = stringOf(argument);
        if (id === undefined) found.problems.push(`${place}: an id must be written as it is`);
        else found.claims.push({ id, place });
      }
  };
  source.visit({
    CallExpression: (call) => {
      if (call.callee.type === 'Identifier' && call.callee.name === name) read(call);
      around.push(call);
    },
    'CallExpression:exit': () => void around.pop(),
  });
  return found;
}
