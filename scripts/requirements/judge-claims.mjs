/**
 * A row of `requirements.json`.
 *
 * @typedef {object} Requirement
 * @property {string} text
 * @property {string} priority
 * @property {string} [pending] The issue that will bring its first test. Then it must not have one yet.
 * @property {string} [remaining] What its tests do not cover yet, and the issue that will.
 */

/**
 * Holds the claims of the tests against the list. Pending is a promise, not an excuse: as soon as
 * a test claims the id, the mark has to go.
 *
 * @param {Readonly<Record<string, Requirement>>} requirements
 * @param {readonly import('./claims-of.mjs').Claim[]} claims
 * @returns {{ problems: string[], open: string[] }}
 */
export function judgeClaims(requirements, claims) {
  const problems = claims
    .filter(({ id }) => !Object.hasOwn(requirements, id))
    .map(({ id, place }) => `${place}: there is no requirement ${id}`);
  const open = [];
  for (const [id, { text, pending, remaining }] of Object.entries(requirements)) {
    const places = claims.filter((claim) => claim.id === id).map(({ place }) => place);
    if (places.length === 0 && pending === undefined) problems.push(`${id}: no test (${text})`);
    if (places.length > 0 && pending !== undefined)
      problems.push(`${id}: marked pending, yet ${places.join(', ')} verifies it`);
    if (pending !== undefined) open.push(`${id} pending, ${pending} (${text})`);
    if (remaining !== undefined) open.push(`${id} in part, remaining: ${remaining}`);
  }
  return { problems, open };
}
