import { randomUUID } from 'node:crypto';
import { CreateUserRequest, PatchUserRequest, type SoldTier } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KeyActor } from '../../src/auth/account-service.js';
import { createAdminService } from '../../src/auth/admin-service.system.js';
import { createAuthenticator } from '../../src/auth/key-authenticator.system.js';
import { createApiKeyService } from '../../src/auth/key-service.js';
import { type ApiKeyId, apiKeyId, type UserId, userId } from '../../src/domain/ids.js';
import { StellarError } from '../../src/domain/stellar-error.js';
import type { Database } from '../../src/storage/database.js';
import { createSystemDoor } from '../../src/storage/system-door.system.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';

const secret = 'a secret of the test, longer than 32 bytes';
const everything = { name: 'a key', scopes: ['read' as const] };

/** The owner himself, not one of his keys. */
const person = (owner: UserId): KeyActor => ({ userId: owner, apiKeyId: 'owner' });

/** The code that the work is refused with. */
async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof StellarError) return error.code;
    throw error;
  }
  return 'not refused';
}

describeEngines('accounts and keys', (engine) => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await engine.open();
  });
  afterAll(() => opened.close());

  /** A node of its own: its cache knows nothing of the others'. */
  function node(database: Database = opened.database) {
    const clock = { now: Date.now(), nowMs: () => clock.now };
    const authenticator = createAuthenticator({
      system: createSystemDoor(database),
      secret,
      clock,
    });
    const onRevoked = (hash: string) => authenticator.forgetKey(hash);
    const keys = createApiKeyService({ tenants: opened.tenants, secret, onRevoked });
    return {
      clock,
      authenticator,
      keys,
      admin: createAdminService({ system: opened.system, secret, clock }),
    };
  }

  async function account(tier: SoldTier = 'free') {
    const email = `${randomUUID()}@example.com`;
    const made = await node().admin.createUser({ email, tier });
    return { email, key: made.api_key, owner: userId(made.user_id) };
  }

  const memoryLimitOf = async (owner: string): Promise<number | null> => {
    const rows = await opened.owner.query<{ limit: number | null }>(
      `select memory_limit::float8 as "limit" from tenant_usage where user_id = $1::uuid`,
      [owner],
    );
    return rows[0]!.limit;
  };

  test('a key leads to its account and to no other, with the tier of now', async () => {
    verifies('FR-04');
    const [a, b] = [await account('pro'), await account()];
    const { authenticator } = node();
    expect(await authenticator.authenticate(a.key)).toMatchObject({ userId: a.owner, tier: 'pro' });
    expect(await authenticator.authenticate(b.key)).toMatchObject({
      userId: b.owner,
      tier: 'free',
    });
  });

  test('an account may store what its tier allows, and a change of tier changes both together', async () => {
    verifies('FR-06');
    const { admin } = node();
    const { owner, email } = await account('free');
    expect(await memoryLimitOf(owner)).toBe(1_000);
    for (const [tier, limit] of [
      ['pro', 50_000],
      ['promax', 500_000],
      ['free', 1_000],
    ] as const) {
      expect(await admin.patchUser(owner, { tier })).toMatchObject({ user_id: owner, email, tier });
      expect(await memoryLimitOf(owner)).toBe(limit);
    }
  });

  test('nobody has the tier team: neither a request nor the database knows it', async () => {
    verifies('FR-07');
    const { owner, email } = await account();
    for (const tier of ['team', 'local']) {
      expect(CreateUserRequest.safeParse({ email, tier }).success).toBe(false);
      expect(PatchUserRequest.safeParse({ tier }).success).toBe(false);
    }
    const renamed = opened.owner.query(`update users set tier = 'team' where id = $1::uuid`, [
      owner,
    ]);
    await expect(renamed).rejects.toMatchObject({ sqlState: '23514' });
  });

  test('an e-mail that has an account gets a conflict, never a key', async () => {
    const { email, key } = await account();
    const { admin, authenticator } = node();
    expect(await refusal(admin.createUser({ email, tier: 'promax' }))).toBe('conflict');
    expect(await authenticator.authenticate(key)).toMatchObject({ tier: 'free' });
  });

  test('of twenty racing sign-ups with one e-mail one makes an account', async () => {
    const email = `${randomUUID()}@example.com`;
    const { admin } = node();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => refusal(admin.createUser({ email, tier: 'free' }))),
    );
    expect(outcomes.filter((code) => code === 'not refused')).toHaveLength(1);
    expect(outcomes.filter((code) => code === 'conflict')).toHaveLength(19);
  });

  test('a tier cannot be given to nobody', async () => {
    const nobody = userId('00000000-0000-4000-8000-000000000000');
    expect(await refusal(node().admin.patchUser(nobody, { tier: 'pro' }))).toBe('not_found');
  });

  test('thirty racing requests never make more keys than the tier allows', async () => {
    const { owner } = await account('pro');
    const { keys } = node();
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, () => refusal(keys.create(person(owner), everything))),
    );
    expect(outcomes.filter((code) => code === 'not refused')).toHaveLength(4);
    expect(outcomes.filter((code) => code === 'quota_exceeded')).toHaveLength(26);
    expect(await keys.list(person(owner))).toHaveLength(5);
  });

  test('a refused key says the limit and how many are in use', async () => {
    const { owner } = await account('free');
    const error = await node()
      .keys.create(person(owner), everything)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'quota_exceeded', details: { limit: 1, used: 1 } });
  });

  test('a revoked or expired key makes room for another, and a lower tier takes no key away', async () => {
    const { owner, key } = await account('pro');
    const { keys, admin, authenticator } = node();
    await keys.create(person(owner), { ...everything, expires_at: '2020-01-01T00:00:00Z' });
    const made = [];
    for (let n = 0; n < 4; n += 1) made.push(await keys.create(person(owner), everything));
    expect(await refusal(keys.create(person(owner), everything))).toBe('quota_exceeded');
    await admin.patchUser(owner, { tier: 'free' });
    for (const each of [key, ...made.map((one) => one.api_key)])
      expect(await authenticator.authenticate(each)).toMatchObject({ userId: owner });
    for (const { id } of made) await keys.revoke(person(owner), apiKeyId(id));
    expect(await refusal(keys.create(person(owner), everything))).toBe('quota_exceeded');
    await admin.patchUser(owner, { tier: 'pro' });
    expect(await refusal(keys.create(person(owner), everything))).toBe('not refused');
  });

  test('a list shows marks of each key and never what opens anything', async () => {
    const { owner, key } = await account('pro');
    const { keys } = node();
    const made = await keys.create(person(owner), {
      name: 'laptop',
      scopes: ['read', 'read', 'write'],
    });
    const [first, second] = await keys.list(person(owner));
    expect(first).toMatchObject({
      prefix: key.slice(0, 12),
      last4: key.slice(-4),
      last_used_at: null,
    });
    const { api_key: _, ...shown } = made;
    expect(second).toEqual(shown);
    expect(second).toMatchObject({ name: 'laptop', scopes: ['read', 'write'], expires_at: null });
    const stored = await opened.owner.query(`select * from api_keys where user_id = $1::uuid`, [
      owner,
    ]);
    expect(JSON.stringify([first, second, stored])).not.toContain(key.slice(12, -4));
  });

  test("another's key can be neither seen nor revoked", async () => {
    verifies('NFR-isolation');
    const [a, b] = [await account(), await account()];
    const { keys, authenticator } = node();
    const [ofA] = await keys.list(person(a.owner));
    expect(await keys.list(person(b.owner))).toHaveLength(1);
    expect(await refusal(keys.revoke(person(b.owner), apiKeyId(ofA!.id)))).toBe('not_found');
    expect(await refusal(keys.revoke(person(b.owner), 'no uuid' as ApiKeyId))).toBe('not_found');
    expect(await authenticator.authenticate(a.key)).toMatchObject({ userId: a.owner });
  });

  test('a revoked key stops at once on the node that revoked it, and within a second on every other', async () => {
    const { owner, key } = await account();
    const [here, there] = [node(), node()];
    for (const each of [here, there]) await each.authenticator.authenticate(key);
    const id = apiKeyId((await here.keys.list(person(owner)))[0]!.id);
    await here.keys.revoke(person(owner), id);
    expect(await refusal(here.authenticator.authenticate(key))).toBe('unauthorized');
    expect(await refusal(there.authenticator.authenticate(key))).toBe('not refused');
    there.clock.now += 1_000;
    expect(await refusal(there.authenticator.authenticate(key))).toBe('unauthorized');
    expect(await refusal(here.keys.revoke(person(owner), id))).toBe('not_found');
  });

  test('a key stops at the moment it expires, cached or not', async () => {
    const { owner } = await account('pro');
    const { keys, authenticator, clock } = node();
    const expiresAt = new Date(clock.now + 500).toISOString();
    const made = await keys.create(person(owner), { ...everything, expires_at: expiresAt });
    expect(await refusal(authenticator.authenticate(made.api_key))).toBe('not refused');
    clock.now += 500;
    expect(await refusal(authenticator.authenticate(made.api_key))).toBe('unauthorized');
  });

  test('a suspended account is told so, and its key works again when it is not', async () => {
    const { owner, key } = await account();
    const set = (status: string) =>
      opened.owner.query(`update users set status = $2 where id = $1::uuid`, [owner, status]);
    await set('suspended');
    expect(await refusal(node().authenticator.authenticate(key))).toBe('account_suspended');
    await set('active');
    expect(await refusal(node().authenticator.authenticate(key))).toBe('not refused');
  });

  test('a key of v1 is still accepted', async () => {
    const { owner } = await account();
    const legacy = `sk-stellar-${randomUUID().replaceAll('-', '')}`;
    await opened.owner.query(
      `insert into api_keys (user_id, id, key_hash, key_prefix)
       values ($1::uuid, gen_random_uuid(), encode(sha256(convert_to($2, 'UTF8')), 'hex'), 'sk-stellar-0…')`,
      [owner, legacy],
    );
    expect(await node().authenticator.authenticate(legacy)).toMatchObject({
      userId: owner,
      scopes: ['read', 'write', 'admin'],
    });
  });

  test('a wrong checksum is refused without asking the database; an unknown key after asking once', async () => {
    const { key } = await account();
    const counted = countTransactions(opened.database);
    const { authenticator } = node(counted.database);
    const wrong = key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A');
    for (let n = 0; n < 5; n += 1)
      expect(await refusal(authenticator.authenticate(wrong))).toBe('unauthorized');
    expect(counted.count()).toBe(0);
    const unknown = `sk-stellar-${'0'.repeat(32)}`;
    for (let n = 0; n < 5; n += 1)
      expect(await refusal(authenticator.authenticate(unknown))).toBe('unauthorized');
    expect(counted.count()).toBe(1);
  });

  test('a hundred concurrent requests with one key ask the database once', async () => {
    const { key } = await account();
    const counted = countTransactions(opened.database);
    const { authenticator } = node(counted.database);
    await Promise.all(Array.from({ length: 100 }, () => authenticator.authenticate(key)));
    expect(counted.count()).toBe(1);
  });

  test('the last-used time is written once a minute, whatever the number of nodes and requests', async () => {
    const { owner, key } = await account();
    const [one, two] = [node(), node()];
    two.clock.now = one.clock.now + 30_000;
    for (const { authenticator } of [one, two])
      for (let n = 0; n < 10; n += 1) await authenticator.authenticate(key);
    await one.authenticator.flush();
    await two.authenticator.flush();
    const written = async () => (await one.keys.list(person(owner)))[0]?.last_used_at;
    expect(await written()).toBe(new Date(one.clock.now).toISOString());
    two.clock.now += 60_000;
    await two.authenticator.authenticate(key);
    await two.authenticator.flush();
    expect(await written()).toBe(new Date(two.clock.now).toISOString());
  });

  test('a database that is gone is unavailable: nobody is let in, nobody is called a stranger', async () => {
    const { key } = await account();
    const lost = await engine.open();
    await lost.close();
    const { authenticator } = node(lost.database);
    expect(await refusal(authenticator.authenticate(key))).toBe('unavailable');
  });
});

/** The same database, its transactions counted. */
function countTransactions(database: Database): { database: Database; count: () => number } {
  let count = 0;
  const transaction: Database['transaction'] = (scope, work, options) => {
    count += 1;
    return database.transaction(scope, work, options);
  };
  return {
    database: { engine: database.engine, transaction, close: () => database.close() },
    count: () => count,
  };
}
