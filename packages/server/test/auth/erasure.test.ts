import { afterAll, beforeAll, expect, test } from 'vitest';
import { selectTenantTables } from '../../src/storage/statements/erasures.system.js';
import { buy, operatorToken } from '../billing/billing-node.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { scanColumns } from './column-scan.js';
import { type LeavingNode, startLeavingNode } from './leaving-node.js';
import { seedTables } from './seed-tables.js';

const dayMs = 86_400_000;
const word = 'canaryineverycolumn';
const operator = { authorization: `Bearer ${operatorToken}` };

describeEngines('the erasure of an account', (engine) => {
  let db: TestDatabase;
  let node: LeavingNode;
  let people = 0;
  beforeAll(async () => {
    db = await engine.open();
    node = await startLeavingNode(db);
  });
  afterAll(async () => {
    await node.close();
    await db.close();
  });

  async function newAccount() {
    people += 1;
    const email = `canary-person-${people}@example.com`;
    const browser = await node.signIn(email);
    const made = await node.call('POST', '/auth/api-keys', browser, { name: 'one' });
    const key = { 'x-api-key': (made.json as { api_key: string }).api_key };
    const content = `canarymemory${people}`;
    expect((await node.call('POST', '/api/v1/store', key, { content })).status).toBe(200);
    const [row] = await db.owner.query<{ id: string }>('select id from users where email = $1', [
      email,
    ]);
    return { email, browser, key, userId: row!.id, content };
  }

  const erase = async (headers: Record<string, string>, email: string) =>
    node.call('DELETE', '/auth/account', headers, await node.proof(email));

  test('closes it at once to keys and browsers, and is undone by a code for the mailbox', async () => {
    const { email, browser, key } = await newAccount();
    const asked = await erase(browser, email);
    expect(asked.json).toEqual({ erased_at: new Date(node.clock.now + 7 * dayMs).toISOString() });
    await expect
      .poll(async () => (await node.call('GET', '/api/v1/stats', key)).json)
      .toMatchObject({ status: 403, code: 'account_closed' });
    expect((await node.call('GET', '/api/v1/stats', browser)).status).toBe(401);
    const refused = await node.call('POST', '/auth/verify', {}, await node.proof(email));
    expect(refused.json).toMatchObject({ code: 'account_closed' });

    await node.pass(6 * dayMs);
    const proof = await node.proof(email);
    const wrong = { ...proof, code: proof.code === '0000 0000' ? '0000 0001' : '0000 0000' };
    expect((await node.call('POST', '/auth/account/restore', {}, wrong)).status).toBe(401);
    const restored = await node.call('POST', '/auth/account/restore', {}, proof);
    expect([restored.status, restored.json]).toEqual([200, { restored: true }]);
    await expect.poll(async () => (await node.call('GET', '/api/v1/stats', key)).status).toBe(200);
    expect(await node.pass(30 * dayMs)).toEqual([]);
    expect((await node.call('GET', '/api/v1/stats', key)).json).toMatchObject({
      total_memories: 1,
    });
    const { json } = await node.call('GET', '/auth/audit', key);
    const actions = (json as { items: { action: string }[] }).items.map(({ action }) => action);
    expect(actions.slice(0, 2)).toEqual(['erasure.undone', 'erasure.requested']);
    const nothing = await node.call('POST', '/auth/account/restore', {}, await node.proof(email));
    expect(nothing.status).toBe(409);
  });

  test('needs a code for its own mailbox and a key that administers', async () => {
    const { email, key } = await newAccount();
    const other = await newAccount();
    expect((await erase(key, other.email)).status).toBe(401);
    const made = await node.call('POST', '/auth/api-keys', other.browser, { scopes: ['read'] });
    expect(made.status).toBe(403);
    const used = await node.proof(email);
    expect((await node.call('POST', '/auth/verify', {}, used)).status).toBe(200);
    expect((await node.call('DELETE', '/auth/account', key, used)).status).toBe(401);
    expect((await node.call('GET', '/api/v1/stats', key)).status).toBe(200);
  });

  test('by the operator needs no mailbox: closed at once, given back, or erased with the same receipt', async () => {
    const { email, browser, key, userId, content } = await newAccount();
    const admin = `/admin/users/${userId}`;
    const reason = 'asked for it by letter';
    expect((await node.call('DELETE', admin, operator, {})).status).toBe(422);
    expect((await node.call('DELETE', admin, key, { reason })).status).toBe(401);
    const checkout = await node.call('POST', '/billing/lemonsqueezy/checkout', key, {
      tier: 'pro',
    });
    await buy((checkout.json as { url: string }).url);
    await node.arrived();
    const asked = await node.call('DELETE', admin, operator, { reason });
    expect(asked.json).toEqual({ erased_at: new Date(node.clock.now + 7 * dayMs).toISOString() });
    await expect
      .poll(async () => (await node.call('GET', '/api/v1/stats', key)).json)
      .toMatchObject({ status: 403, code: 'account_closed' });
    expect((await node.call('GET', '/api/v1/stats', browser)).status).toBe(401);
    expect((await node.call('DELETE', admin, operator, { reason })).json).toMatchObject({
      code: 'conflict',
    });
    await node.round();
    expect(await paidOff(userId)).toBe(true);

    await node.pass(6 * dayMs);
    const back = await node.call('POST', `${admin}/restore`, operator, { reason: 'a mistake' });
    expect(back.json).toMatchObject({ user_id: userId, status: 'active', memories: 1 });
    await expect.poll(async () => (await node.call('GET', '/api/v1/stats', key)).status).toBe(200);
    const { json } = await node.call('GET', '/auth/audit', key);
    const { items } = json as { items: { actor: string }[] };
    expect(items.filter(({ actor }) => actor === 'operator')).toMatchObject([
      { action: 'erasure.undone', detail: { reason: 'a mistake' } },
      { action: 'erasure.requested', detail: { reason } },
    ]);
    const seen = await node.call('GET', admin, operator);
    expect((seen.json as { actions: object[] }).actions).toMatchObject([
      { action: 'erasure.undone', reason: 'a mistake' },
      { action: 'erasure.requested', reason },
    ]);
    const open = await node.call('POST', `${admin}/restore`, operator, { reason });
    expect(open.status).toBe(409);

    await node.call('DELETE', admin, operator, { reason });
    await node.round();
    const [receipt] = await node.pass(7 * dayMs);
    expect(receipt?.counts).toMatchObject({ users: 1, memories: 1, operator_actions: 3 });
    expect(node.failures).toEqual([]);
    expect(await scanColumns(db, [email, content])).toEqual([]);
    expect(await scanColumns(db, [userId])).toEqual(['erasure_receipts']);
    expect((await node.call('DELETE', admin, operator, { reason })).status).toBe(404);
  });

  test('is no way out of a suspension, for operator and owner', async () => {
    const { email, key, userId } = await newAccount();
    const admin = `/admin/users/${userId}`;
    const reason = 'abuse';
    await node.call('PATCH', admin, operator, { status: 'suspended', reason });
    expect((await node.call('DELETE', admin, operator, { reason })).status).toBe(200);
    const resumed = await node.call('PATCH', admin, operator, { status: 'active', reason });
    expect(resumed.json).toMatchObject({ status: 409, code: 'conflict' });
    const back = await node.call('POST', `${admin}/restore`, operator, { reason });
    expect(back.json).toMatchObject({ status: 'suspended' });
    expect((await node.call('DELETE', admin, operator, { reason })).status).toBe(200);
    const proof = await node.proof(email);
    expect((await node.call('POST', '/auth/account/restore', {}, proof)).status).toBe(200);
    const { json } = await node.call('GET', admin, operator);
    expect(json).toMatchObject({ status: 'suspended' });
    // What was refused is not recorded as done.
    const done = (json as { actions: { action: string }[] }).actions.map(({ action }) => action);
    expect(done.filter((action) => action === 'user.status')).toHaveLength(1);
    await expect
      .poll(async () => (await node.call('GET', '/api/v1/stats', key)).json)
      .toMatchObject({ code: 'account_suspended' });
  });

  test('takes that account alone, whatever the number of nodes that sweep', async () => {
    const { email, key, userId, content } = await newAccount();
    const neighbour = await newAccount();
    await erase(key, email);
    node.clock.now += 7 * dayMs;
    await node.round();
    const receipts = (await Promise.all([node.round(), node.round(), node.round()])).flat();
    expect(receipts.length).toBeLessThanOrEqual(1);
    expect(node.failures).toEqual([]);
    expect(await scanColumns(db, [email, content])).toEqual([]);
    expect(await scanColumns(db, [userId])).toEqual(['erasure_receipts']);
    const left = await node.call('GET', `/api/v1/recall?q=${neighbour.content}`, neighbour.key);
    expect(left.json).toHaveLength(1);
  });

  test('goes on where a node was killed, with a receipt of the whole', async () => {
    const { email, key, userId } = await newAccount();
    const memories = Array.from({ length: 50 }, (_, n) => ({ content: `canarymore ${n}` }));
    await node.call('POST', '/api/v1/store/batch', key, { memories });
    await erase(key, email);
    // As a node that was killed after a part of the work would leave it.
    await db.owner.exec(`
      delete from index_recent where user_id = '${userId}';
      delete from memories where id in (select id from memories where user_id = '${userId}' limit 20);
      update erasures set counts = '{"memories": 20}', claimed_until = now() - interval '1 hour' where user_id = '${userId}'`);
    const proof = await node.proof(email);
    const late = await node.call('POST', '/auth/account/restore', {}, proof);
    expect(late.json).toMatchObject({ code: 'conflict' });
    const [receipt] = await node.pass(7 * dayMs);
    expect(receipt?.counts).toMatchObject({ memories: 51 });
  });

  test('waits until Lemon Squeezy has taken the cancellation', async () => {
    const { email, key, userId } = await newAccount();
    const checkout = await node.call('POST', '/billing/lemonsqueezy/checkout', key, {
      tier: 'pro',
    });
    const subscription = await buy((checkout.json as { url: string }).url);
    await node.arrived();
    await erase(key, email);
    node.fake.api.faults.push('bad-gateway', 'bad-gateway', 'bad-gateway');
    expect(await node.round()).toEqual([]);
    expect(node.failures.splice(0)).toHaveLength(1);
    expect(await paidOff(userId)).toBe(false);
    await node.round();
    expect(await paidOff(userId)).toBe(true);
    const found = await fetch(`${node.fake.origin}/v1/subscriptions/${subscription}`, {
      headers: { authorization: 'Bearer api-key-of-the-tests' },
    });
    expect(await found.json()).toMatchObject({ data: { attributes: { cancelled: true } } });
    await node.arrived();
    const [receipt] = await node.pass(7 * dayMs);
    expect(receipt?.counts).toMatchObject({ subscriptions: 1, checkout_nonces: 1 });
    expect(await scanColumns(db, [email, userId, `"${subscription}"`])).toEqual([
      'erasure_receipts',
    ]);
  });

  test('settles no purchase on a node that sells nothing, and says so', async () => {
    const [buyer, other] = [await newAccount(), await newAccount()];
    const checkout = await node.call('POST', '/billing/lemonsqueezy/checkout', buyer.key, {
      tier: 'pro',
    });
    await buy((checkout.json as { url: string }).url);
    await node.arrived();
    for (const { key, email } of [buyer, other]) await erase(key, email);
    await node.round({ sells: false });
    expect(node.failures.splice(0)).toMatchObject([{ code: 'unavailable' }]);
    expect([await paidOff(buyer.userId), await paidOff(other.userId)]).toEqual([false, true]);
    node.clock.now += 7 * dayMs;
    expect(await node.round({ sells: false })).toMatchObject([{ accountId: other.userId }]);
    expect(node.failures.splice(0)).toHaveLength(1);
    expect(await node.round()).toMatchObject([{ accountId: buyer.userId }]);
    await node.arrived();
  });

  const paidOff = async (userId: string): Promise<boolean | undefined> => {
    const [row] = await db.owner.query<{ is_paid_off: boolean }>(
      'select is_paid_off from erasures where user_id = $1',
      [userId],
    );
    return row?.is_paid_off;
  };

  test('empties every table there is, and leaves no word of the account in any column of any', async () => {
    const { email, key, userId, content } = await newAccount();
    const checkout = await node.call('POST', '/billing/lemonsqueezy/checkout', key, {
      tier: 'pro',
    });
    await node.call('PATCH', `/admin/users/${userId}`, operator, { tier: 'pro', reason: word });
    await node.call('POST', '/api/v1/sync/ticket', key, { origin: 'https://app.example.com' });
    // An event that waits, of a purchase by another mailbox: nothing but its nonce says whose it is.
    node.fake.deliveries.mode = 'hold';
    await buy((checkout.json as { url: string }).url);
    node.fake.deliveries.mode = 'send';
    const [created] = node.fake.deliveries.held.splice(0);
    const body = created!.body.replaceAll('buyer@example.com', `${word}@example.org`);
    expect(body).toContain(word);
    await db.owner.query(
      `insert into webhook_events (body_hash, event_name, body, attempts) values ('1', 'x', $1, 100)`,
      [body],
    );
    expect((await erase(key, email)).status).toBe(200);
    await seedTables(db, userId, word);
    const [receipt] = await node.pass(7 * dayMs);
    expect(node.failures).toEqual([]);
    const tables = await db.system.asSystem(selectTenantTables);
    expect(tables.length).toBeGreaterThan(25);
    for (const { name } of tables) expect(receipt?.counts[name], name).toBeGreaterThan(0);
    expect(receipt?.counts).toMatchObject({ users: 1, webhook_events: 1 });
    expect(receipt?.counts['sign_in_requests']).toBeGreaterThan(0);
    expect(await scanColumns(db, [email, content, word])).toEqual([]);
    expect(await scanColumns(db, [userId])).toEqual(['erasure_receipts']);
  });

  test('reaches every table that has a user_id: a later one without rights for it is found', async () => {
    const unreached = async (): Promise<string[]> =>
      (await db.system.asSystem(selectTenantTables))
        .filter(({ byApp, bySystem }) => !byApp && !bySystem)
        .map(({ name }) => name);
    expect(await unreached()).toEqual([]);
    await db.owner.exec('create table stray (user_id uuid not null)');
    expect(await unreached()).toEqual(['stray']);
    await db.owner.exec('drop table stray');
  });
});
