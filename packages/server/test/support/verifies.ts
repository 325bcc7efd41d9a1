import type requirements from '../../../../scripts/requirements.json';

/** Id of a requirement of the plan, as listed in `scripts/requirements.json`. */
export type RequirementId = keyof typeof requirements;

/**
 * Says which requirements the enclosing `describe` or `test` verifies. Does nothing at run time:
 * `npm run check:requirements` reads the calls from the sources and fails when an id has no test.
 *
 * @example
 * test('a second account sees nothing of the first', async () => {
 *   verifies('NFR-isolation', 'FR-02');
 *   …
 * });
 */
export function verifies(..._ids: [RequirementId, ...RequirementId[]]): void {}
