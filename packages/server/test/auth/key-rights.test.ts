import { scopes } from '@stellar-memory/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { excessOf, type KeyRights } from '../../src/auth/key-rights.js';

const rights: fc.Arbitrary<KeyRights> = fc.record({
  scopes: fc.subarray([...scopes], { minLength: 1 }),
  expiresAt: fc.option(fc.integer({ min: 0, max: 3 }).map((day) => new Date(day * 86_400_000))),
  agentId: fc.option(fc.constantFrom('a', 'b')),
});

/** Everything that can be done with rights, as a set of words. */
function deeds({ scopes: held, expiresAt, agentId }: KeyRights): Set<string> {
  const days = [0, 1, 2, 3, 4].filter(
    (day) => expiresAt === null || expiresAt.getTime() >= day * 86_400_000,
  );
  const agents = agentId === null ? ['a', 'b', 'c', 'none'] : [agentId];
  return new Set(
    held.flatMap((scope) =>
      days.flatMap((day) => agents.map((agent) => `${scope} ${day} ${agent}`)),
    ),
  );
}

test('rights exceed others exactly when they allow something that the others do not', () => {
  fc.assert(
    fc.property(rights, rights, (held, wanted) => {
      expect(excessOf(held, wanted) === undefined).toBe(isWithin(wanted, held));
    }),
    { numRuns: 2_000 },
  );
});

const isWithin = (wanted: KeyRights, held: KeyRights): boolean =>
  [...deeds(wanted)].every((deed) => deeds(held).has(deed));

test('what exceeds is named', () => {
  const held: KeyRights = { scopes: ['read'], expiresAt: new Date(1), agentId: 'a' };
  expect(excessOf(held, held)).toBeUndefined();
  expect(excessOf(held, { ...held, scopes: ['read', 'admin'] })).toBe('scopes');
  expect(excessOf(held, { ...held, agentId: null })).toBe('agent');
  expect(excessOf(held, { ...held, expiresAt: null })).toBe('expiry');
});
