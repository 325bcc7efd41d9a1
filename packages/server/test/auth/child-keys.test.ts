import { randomUUID } from 'node:crypto';
import type { CreateApiKeyRequest, SoldTier } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KeyActor } from '../../src/auth/account-service.js';
import { createAdminService } from '../../src/auth/admin-service.system.js';
import { createAuthenticator } from '../../src/auth/key-authenticator.system.js';
import { createApiKeyService } from '../../src/auth/key-service.js';
import { type ApiKeyId, apiKeyId, type UserId, userId } from '../../src/domain/ids.js';
import { StellarError } from '../../src/domain/stellar-error.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';

const secret = 'a secret of the test, longer than 32 bytes';

/** The code that the work is refused with. */
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'not refused',
    (error: unknown) => {
      if (error instanceof StellarError) return error.code;
      throw error;
    },
  );

describeEngines('keys made by keys', (engine) => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await engine.open();
  });
  afterAll(() => opened.close());

  function node() {
    const clock = { now: Date.now(), nowMs: () => clock.now };
    const { system, tenants } = opened;
    const authenticator = createAuthenticator({ system, secret, clock });
    const keys = createApiKeyService({
      tenants,
      secret,
      onRevoked: (hash) => authenticator.forgetKey(hash),
    });
    return { clock, authenticator, keys, admin: createAdminService({ system, secret, clock }) };
  }
  type Node = ReturnType<typeof node>;

  async function account({ admin, authenticator }: Node, tier: SoldTier = 'promax') {
    const made = await admin.createUser({ email: `${randomUUID()}@example.com`, tier });
    return { key: made.api_key, actor: await authenticator.authenticate(made.api_key) };
  }

  const make = ({ keys }: Node, actor: KeyActor, request: Partial<CreateApiKeyRequest> = {}) =>
    keys.create(actor, { name: 'child', ...request });
  const as = (owner: UserId, { id }: { id: string }): KeyActor => ({
    userId: owner,
    apiKeyId: apiKeyId(id),
  });

  test('a key passes on what it has unless less is asked for', async () => {
    const here = node();
    const { actor } = await account(here);
    const whole = await make(here, actor);
    expect(whole).toMatchObject({ scopes: ['read', 'write', 'admin'], parent_id: actor.apiKeyId });
    const expires_at = new Date(Date.now() + 60_000).toISOString();
    const part = await make(here, actor, { scopes: ['read', 'admin'], expires_at, agent_id: 'a' });
    const grandchild = await make(here, as(actor.userId, part));
    expect(grandchild).toMatchObject({
      scopes: ['read', 'admin'],
      expires_at,
      agent_id: 'a',
      parent_id: part.id,
    });
    expect(await here.authenticator.authenticate(grandchild.api_key)).toMatchObject({
      agentId: 'a',
      scopes: ['read', 'admin'],
    });
  });

  test('a key never makes a wider one: neither in scope nor in time nor in agents', async () => {
    const here = node();
    const { actor } = await account(here);
    const expires_at = new Date(Date.now() + 60_000).toISOString();
    const later = new Date(Date.now() + 120_000).toISOString();
    const part = await make(here, actor, { scopes: ['read', 'admin'], expires_at, agent_id: 'a' });
    const narrow = as(actor.userId, part);
    for (const [wider, code] of [
      [{ scopes: ['write'] }, 'insufficient_scope'],
      [{ expires_at: later }, 'insufficient_scope'],
      [{ agent_id: 'b' }, 'agent_not_allowed'],
    ] as const)
      expect(
        await refusal(
          make(here, narrow, {
            ...wider,
            scopes: [...('scopes' in wider ? wider.scopes : ['read' as const])],
          }),
        ),
      ).toBe(code);
  });

  test('a key neither sees nor rotates nor revokes one that is wider than itself', async () => {
    const here = node();
    const { actor, key } = await account(here);
    const narrow = as(actor.userId, await make(here, actor, { scopes: ['read', 'admin'] }));
    expect((await here.keys.list(narrow)).map(({ id }) => id)).toEqual([narrow.apiKeyId]);
    expect(await here.keys.list(actor)).toHaveLength(2);
    expect(await refusal(here.keys.rotate(narrow, actor.apiKeyId, 0))).toBe('not_found');
    expect(await refusal(here.keys.revoke(narrow, actor.apiKeyId))).toBe('not_found');
    expect(await refusal(here.authenticator.authenticate(key))).toBe('not refused');
  });

  test('revoking a key ends all that it made, and nothing else', async () => {
    const here = node();
    const { actor, key } = await account(here);
    const child = await make(here, actor);
    const grandchild = await make(here, as(actor.userId, child));
    const sibling = await make(here, actor);
    for (const one of [child, grandchild, sibling])
      await here.authenticator.authenticate(one.api_key);
    await here.keys.revoke(actor, apiKeyId(child.id));
    for (const [one, outcome] of [
      [child.api_key, 'unauthorized'],
      [grandchild.api_key, 'unauthorized'],
      [sibling.api_key, 'not refused'],
      [key, 'not refused'],
    ] as const)
      expect(await refusal(here.authenticator.authenticate(one))).toBe(outcome);
  });

  test('a key that was revoked while its request was under way makes nothing', async () => {
    const here = node();
    const { actor } = await account(here);
    const child = as(actor.userId, await make(here, actor));
    await here.keys.revoke(actor, child.apiKeyId as ApiKeyId);
    expect(await refusal(make(here, child))).toBe('unauthorized');
  });

  test('racing against its revocation, a key leaves no child behind', async () => {
    const here = node();
    for (let round = 0; round < 20; round += 1) {
      const { actor } = await account(here);
      const child = as(actor.userId, await make(here, actor));
      await Promise.all([
        refusal(make(here, child)),
        here.keys.revoke(actor, child.apiKeyId as ApiKeyId),
        refusal(make(here, child)),
      ]);
      expect(await here.keys.list(actor)).toHaveLength(1);
    }
  });

  test('rotating gives a new secret with the same rights; the old one works for the overlap', async () => {
    const here = node();
    const { actor, key } = await account(here, 'free');
    const successor = await here.keys.rotate(actor, actor.apiKeyId, 60);
    expect(successor).toMatchObject({ scopes: ['read', 'write', 'admin'], expires_at: null });
    const there = node();
    for (const one of [key, successor.api_key])
      expect(await there.authenticator.authenticate(one)).toMatchObject({ userId: actor.userId });
    there.clock.now += 61_000;
    expect(await refusal(there.authenticator.authenticate(key))).toBe('unauthorized');
    expect(await refusal(there.authenticator.authenticate(successor.api_key))).toBe('not refused');
    expect(await refusal(here.keys.rotate(actor, actor.apiKeyId, 60))).toBe('conflict');
    const owner = { userId: actor.userId, apiKeyId: 'owner' } as const;
    expect(await refusal(make(here, owner))).toBe('quota_exceeded');
  });

  test('rotating again and again keeps two keys in use at most', async () => {
    const here = node();
    const { actor } = await account(here, 'free');
    const owner = { userId: actor.userId, apiKeyId: 'owner' } as const;
    let last = actor.apiKeyId;
    for (let round = 0; round < 4; round += 1)
      last = apiKeyId((await here.keys.rotate(owner, last, 600_000)).id);
    expect(await here.keys.list(owner)).toHaveLength(2);
  });

  test('what a key made goes over to its successor, and the old secret cannot touch that one', async () => {
    const here = node();
    const { actor, key } = await account(here);
    const child = await make(here, actor);
    const successor = await here.keys.rotate(actor, actor.apiKeyId, 60);
    expect(await refusal(here.keys.revoke(actor, apiKeyId(successor.id)))).toBe('not_found');
    await here.keys.revoke(as(actor.userId, successor), actor.apiKeyId);
    expect(await refusal(here.authenticator.authenticate(key))).toBe('unauthorized');
    expect(await refusal(here.authenticator.authenticate(child.api_key))).toBe('not refused');
    await here.keys.revoke(as(actor.userId, successor), apiKeyId(successor.id));
    expect(await refusal(node().authenticator.authenticate(child.api_key))).toBe('unauthorized');
  });

  test('the operator makes a key for an owner who has none, and for nobody else', async () => {
    const here = node();
    const { actor } = await account(here, 'free');
    const { api_key, ...made } = await here.admin.createKey(actor.userId, { name: 'rescue' });
    expect(await here.authenticator.authenticate(api_key)).toMatchObject({
      userId: actor.userId,
      scopes: ['read', 'write', 'admin'],
    });
    expect((await here.keys.list(actor)).find(({ id }) => id === made.id)).toEqual(made);
    const nobody = userId('00000000-0000-4000-8000-000000000000');
    expect(await refusal(here.admin.createKey(nobody, { name: 'x' }))).toBe('not_found');
  });
});
