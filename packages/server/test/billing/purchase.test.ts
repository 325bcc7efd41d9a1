import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { freePort } from '../../../../scripts/free-port.mjs';
import { createClient } from '../../../client/src/index.js';
import { billingAlarms } from '../../src/billing/alarms.js';
import { jsonBody, send } from '../http/support/exchange.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';
import {
  apiKey,
  type BillingNode,
  buy,
  Customer,
  operatorToken,
  startBillingNode,
  storeId,
  type TestClock,
  variants,
  webhookSecret,
} from './billing-node.js';
import { type FakeLemonSqueezy, startFakeLemonSqueezy } from './fake/fake-lemonsqueezy.js';
import type { Happening } from './fake/fake-store.js';

const quarterMs = 15 * 60_000;

describeEngines('a purchase, from two nodes of the service', (engine) => {
  let db: TestDatabase;
  let fake: FakeLemonSqueezy;
  let clock: TestClock;
  let one: BillingNode;
  let two: BillingNode;

  beforeAll(async () => {
    db = await engine.open();
    clock = { now: Date.now(), nowMs: () => clock.now };
    // The fake has to know where its webhooks go before the node knows where the fake is.
    const port = await freePort();
    fake = await startFakeLemonSqueezy({
      webhookUrl: `http://127.0.0.1:${port}/webhook/lemonsqueezy`,
      webhookSecret,
      apiKey,
      storeId,
      retryScale: 0.001,
      startMs: clock.now,
    });
    one = await startBillingNode(db, { fake, clock, port });
    two = await startBillingNode(db, { fake, clock });
  });
  afterAll(async () => {
    await fake.close();
    await one.close();
    await two.close();
    await db.close();
  });
  beforeEach(() => {
    fake.deliveries.mode = 'send';
    fake.deliveries.held.length = 0;
    fake.api.faults.length = 0;
  });

  /** Everything that was sent has arrived and was applied. */
  const arrived = async (): Promise<void> => {
    await fake.deliveries.settled();
    await Promise.all([one.billing.idle(), two.billing.idle()]);
  };

  const happen = async (id: number, what: Happening): Promise<void> => {
    const url = `${fake.origin}/dashboard/subscriptions/${id}/${what}`;
    expect((await send(url, { method: 'POST' })).status).toBe(200);
    await arrived();
  };

  async function subscriber(tier: 'pro' | 'promax' = 'pro') {
    const customer = await Customer.signUp(one);
    const id = await buy(await customer.checkout(one, tier));
    await arrived();
    expect(await customer.tier(two)).toEqual({ tier, status: 'active' });
    return { customer, id };
  }

  /** Lets so much time pass, for the service and for the store, and has a node do what is due. */
  async function pass(ms: number, node = two): Promise<void> {
    clock.now += ms;
    fake.store.advance(ms);
    // A round asks about 20 subscriptions; the tests before have left some.
    for (let round = 0; round < 3; round += 1) await node.billing.maintain();
  }

  test('lifts the limits at once, on every node, for the key that is in use', async () => {
    verifies('F3', 'FR-06');
    const customer = await Customer.signUp(one);
    const memories = Array.from({ length: 100 }, (_, n) => ({ content: `memory ${n}` }));
    for (let n = 0; n < 10; n += 1)
      expect((await customer.post(one, '/api/v1/store/batch', { memories })).status).toBe(200);
    const refused = await customer.post(two, '/api/v1/store', { content: 'one too many' });
    expect(refused).toMatchObject({ status: 403, json: { code: 'quota_exceeded', limit: 1_000 } });
    expect((await customer.post(two, '/auth/api-keys', {})).status).toBe(403);

    const checkout = await customer.checkout(one, 'pro');
    await buy(checkout);
    await arrived();

    for (const node of [one, two]) {
      expect(await customer.tier(node)).toEqual({ tier: 'pro', status: 'active' });
      const stored = await customer.post(node, '/api/v1/store', { content: 'there is room' });
      expect(stored.status).toBe(200);
    }
    expect((await customer.post(two, '/auth/api-keys', {})).status).toBe(201);
    const again = await customer.post(two, '/billing/lemonsqueezy/checkout', { tier: 'pro' });
    expect(again).toMatchObject({ status: 409, json: { code: 'conflict' } });

    const free = await customer.post(two, '/billing/plan', { tier: 'free' });
    expect(free.json).toMatchObject({ tier: 'pro', subscription: { status: 'cancelled' } });
    const { ends_at } = (free.json as { subscription: { ends_at: string } }).subscription;
    await pass(Date.parse(ends_at) - clock.now - 1);
    expect(await customer.tier(one)).toEqual({ tier: 'pro', status: 'cancelled' });
    await pass(1);
    expect(await customer.tier(one)).toEqual({ tier: 'free', status: 'cancelled' });

    for (const node of [one, two]) {
      const growth = await customer.post(node, '/api/v1/store', { content: 'no' });
      expect(growth).toMatchObject({
        status: 403,
        json: { code: 'quota_exceeded', limit: 1_000, used: 1_002 },
      });
    }
    const stats = await customer.get(one, '/api/v1/stats');
    expect(stats.json).toMatchObject({ total_memories: 1_002 });
    const recalled = await customer.get(two, '/api/v1/recall?q=room&limit=1');
    const [found] = recalled.json as { id: string; content: string }[];
    expect(found?.content).toBe('there is room');
    expect((await customer.delete(one, `/api/v1/forget/${found!.id}`)).status).toBe(200);
    expect((await customer.get(one, '/billing/portal')).status).toBe(200);
  });

  test('changes its plan at once, and takes a cancelling back', async () => {
    const { customer } = await subscriber('pro');
    const raised = await customer.post(one, '/billing/plan', { tier: 'promax' });
    expect(raised.json).toMatchObject({ tier: 'promax', subscription: { status: 'active' } });
    expect((await customer.post(two, '/billing/plan', { tier: 'free' })).json).toMatchObject({
      tier: 'promax',
      subscription: { status: 'cancelled' },
    });
    const resumed = await customer.post(two, '/billing/plan', { tier: 'pro' });
    expect(resumed.json).toMatchObject({
      tier: 'pro',
      subscription: { status: 'active', ends_at: null },
    });
    await arrived();
    expect(await customer.tier(one)).toEqual({ tier: 'pro', status: 'active' });
  });

  test.each<[Happening[], string]>([
    [['fail-payment'], 'pro'],
    [['fail-payment', 'give-up'], 'free'],
    [['fail-payment', 'give-up', 'recover'], 'pro'],
    [['pause-free'], 'pro'],
    [['pause-void'], 'free'],
    [['pause-void', 'unpause'], 'pro'],
    [['refund'], 'free'],
    [['refund', 'renew'], 'pro'],
    [['cancel', 'expire'], 'free'],
    [['cancel', 'resume'], 'pro'],
  ])('after %j the tier is %s, whether its events come or are lost', async (happenings, tier) => {
    const [told, lost] = [await subscriber(), await subscriber()];
    for (const what of happenings) await happen(told.id, what);
    expect((await told.customer.tier(two)).tier).toBe(tier);
    fake.deliveries.mode = 'drop';
    for (const what of happenings) await happen(lost.id, what);
    expect((await lost.customer.tier(two)).tier).toBe('pro');
    await pass(quarterMs);
    expect((await lost.customer.tier(one)).tier).toBe(tier);
    expect((await told.customer.tier(one)).tier).toBe(tier);
  });

  test('says that a payment is open, and lets nothing be bought before it is settled', async () => {
    const { customer, id } = await subscriber();
    await happen(id, 'fail-payment');
    const { json } = await customer.get(one, '/billing/subscription');
    expect(json).toMatchObject({ tier: 'pro', subscription: { payment_open: true } });
    for (const [path, body] of [
      ['/billing/plan', { tier: 'promax' }],
      ['/billing/lemonsqueezy/checkout', { tier: 'promax' }],
    ] as const)
      expect(await customer.post(one, path, body)).toMatchObject({
        status: 402,
        json: { code: 'payment_required' },
      });
    await happen(id, 'recover');
    expect((await customer.post(one, '/billing/plan', { tier: 'promax' })).status).toBe(200);
  });

  test('that is unpaid grows beyond free no more, and is told to pay, not to upgrade', async () => {
    verifies('F3');
    const { customer, id } = await subscriber('pro');
    const memories = Array.from({ length: 100 }, (_, n) => ({ content: `kept ${n}` }));
    for (let n = 0; n < 10; n += 1) await customer.post(one, '/api/v1/store/batch', { memories });
    await happen(id, 'fail-payment');
    const store = (node = one) => customer.post(node, '/api/v1/store', { content: 'a last one' });
    expect((await store()).status).toBe(200);
    await happen(id, 'give-up');
    for (const node of [one, two])
      expect(await store(node)).toMatchObject({
        status: 402,
        json: { code: 'payment_required', limit: 1_000, used: 1_001, upgrade_url: '/pricing' },
      });
    const batch = await customer.post(two, '/api/v1/store/batch', { memories });
    const key = await customer.post(one, '/auth/api-keys', {});
    expect([batch.status, key.status]).toEqual([402, 402]);
    const recalled = await customer.get(two, '/api/v1/recall?q=last&limit=1');
    const [found] = recalled.json as { id: string }[];
    expect((await customer.delete(one, `/api/v1/forget/${found!.id}`)).status).toBe(200);
    for (const path of ['/api/v1/memories', '/api/v1/export', '/auth/usage', '/billing/portal'])
      expect((await customer.get(two, path)).status, path).toBe(200);
    await happen(id, 'recover');
    expect((await store()).status).toBe(200);
    await happen(id, 'cancel');
    await happen(id, 'expire');
    expect(await store()).toMatchObject({ status: 403, json: { code: 'quota_exceeded' } });
  });

  test('ends alike when its events come late, twice and in any order', async () => {
    const customer = await Customer.signUp(one);
    const url = await customer.checkout(one, 'pro');
    fake.deliveries.mode = 'hold';
    const id = await buy(url);
    await happen(id, 'cancel');
    await happen(id, 'resume');
    await happen(id, 'pause-void');
    await happen(id, 'unpause');
    const events = [...fake.deliveries.held];
    for (const event of [...events.toReversed(), ...events]) {
      expect(await fake.deliveries.send(event)).toBe(200);
      await arrived();
    }
    expect(await customer.tier(two)).toEqual({ tier: 'pro', status: 'active' });
    await happen(id, 'cancel');
    await happen(id, 'expire');
    const last = fake.deliveries.held.slice(events.length);
    expect(
      await Promise.all(last.toReversed().map((event) => fake.deliveries.send(event))),
    ).toEqual(last.map(() => 200));
    await arrived();
    for (const event of events) expect(await fake.deliveries.send(event)).toBe(200);
    await arrived();
    expect(await customer.tier(one)).toEqual({ tier: 'free', status: 'expired' });
  });

  test('is found by its first payment when the event of its creation was lost', async () => {
    const customer = await Customer.signUp(one);
    const url = await customer.checkout(one, 'pro');
    fake.deliveries.mode = 'hold';
    await buy(url);
    const payment = fake.deliveries.held.find(
      ({ eventName }) => eventName === 'subscription_payment_success',
    )!;
    fake.api.faults.push('bad-gateway', 'rate-limited', 'cut');
    expect(await fake.deliveries.send(payment)).toBe(200);
    await arrived();
    // It was taken in, but Lemon Squeezy could not be asked: the next round does.
    expect((await customer.tier(one)).tier).toBe('free');
    await two.billing.maintain();
    expect(await customer.tier(one)).toEqual({ tier: 'pro', status: 'active' });
  });

  test('cannot be forged', async () => {
    const { customer: owner, id } = await subscriber();
    const victim = await Customer.signUp(one);
    fake.deliveries.mode = 'hold';
    const bought = await buy(await victim.checkout(one, 'promax'));
    const [created] = fake.deliveries.held;
    const subscription = fake.store.subscriptions.get(bought)!;
    const nonce = fake.store.subscriptions.get(id)!.custom;

    expect(await fake.deliveries.send(created!, 'another secret')).toBe(401);
    expect(await fake.deliveries.send(created!, '')).toBe(401);
    for (const headers of [{}, { 'x-signature': '' }, { 'x-signature': 'f'.repeat(64) }]) {
      const answer = await send(`${one.url}/webhook/lemonsqueezy`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: created!.body,
      });
      expect(answer.status).toBe(401);
    }
    const altered = (change: (event: EventBody) => void): string => {
      const event = JSON.parse(created!.body) as EventBody;
      change(event);
      return JSON.stringify(event);
    };
    const worthless = [
      altered(({ data }) => (data.attributes['store_id'] = 78)),
      altered(({ data }) => (data.attributes['test_mode'] = true)),
      // Another's nonce, used already; none; one that nobody issued; all that is not one.
      altered(({ meta }) => (meta.custom_data = nonce)),
      altered(({ meta }) => (meta.custom_data = [])),
      altered(({ meta }) => (meta.custom_data = { nonce: 'f'.repeat(32) })),
      altered(({ meta }) => (meta.custom_data = { nonce: { $ne: '' } })),
      altered(({ meta }) => (meta.custom_data = { user_id: victim.userId, tier: 'promax' })),
      altered(({ meta }) => (meta.event_name = 'dispute_created')).replace(
        '"subscriptions"',
        '"disputes"',
      ),
    ];
    for (const body of worthless) {
      expect(await fake.deliveries.send({ eventName: 'subscription_created', body })).toBe(200);
      await arrived();
      expect(await victim.tier(two)).toEqual({ tier: 'free', status: undefined });
      expect(await owner.tier(two)).toEqual({ tier: 'pro', status: 'active' });
    }
    // Another variant of the store, by a buyer who found out how.
    subscription.variantId = 999;
    const unknown = altered(({ data }) => (data.attributes['variant_id'] = 999));
    expect(await fake.deliveries.send({ eventName: 'subscription_created', body: unknown })).toBe(
      200,
    );
    await arrived();
    expect(await victim.tier(two)).toEqual({ tier: 'free', status: 'active' });
    subscription.variantId = variants.promax;
    await pass(quarterMs);
    expect((await victim.tier(two)).tier).toBe('promax');
    // A second subscription with a nonce that has served.
    await buy(`${fake.origin}/checkout/custom/${[...fake.store.checkouts.keys()].at(-1)}`);
    for (const event of fake.deliveries.held.slice(-2)) await fake.deliveries.send(event);
    await arrived();
    // A payment for a subscription that nobody knows.
    const payment = fake.deliveries.held.find(({ body }) =>
      body.includes('"subscription-invoices"'),
    );
    const event = JSON.parse(payment!.body) as EventBody;
    event.data.attributes['subscription_id'] = 424_242;
    await fake.deliveries.send({ eventName: 'x', body: JSON.stringify(event) });
    await arrived();
    // Each is an alarm: in the log of the node that took it in, and in its metrics.
    const raised = Object.keys(billingAlarms).filter((reason) =>
      [one, two].some(({ billing }) =>
        billing.metrics().some((line) => line.includes(`"${reason}"} `) && !line.endsWith(' 0')),
      ),
    );
    expect(raised).toEqual(
      expect.arrayContaining([
        'unknown_store',
        'wrong_mode',
        'no_checkout',
        'unknown_variant',
        'unknown_subscription',
      ]),
    );
    for (const reason of raised)
      expect([...one.log, ...two.log].join('')).toContain(`"alarm":"${reason}"`);
    const log = [...one.log, ...two.log].join('');
    expect(log).not.toContain('buyer@example.com');
  });

  test('in a status that is not known is worth nothing, and an alarm says so', async () => {
    const { customer, id } = await subscriber();
    const { body } = fake.deliveries.all.findLast(
      ({ eventName, body: said }) =>
        eventName === 'subscription_created' && said.includes(`"id":"${id}"`),
    )!;
    const event = JSON.parse(body) as EventBody;
    event.data.attributes['status'] = 'dormant';
    // The clock of the fake goes ahead with each event.
    event.data.attributes['updated_at'] = new Date(fake.store.now() + 1_000).toISOString();
    const alarms = () => one.billing.metrics().find((line) => line.includes('"unknown_status"'));
    const before = alarms();
    const sent = { eventName: 'subscription_updated', body: JSON.stringify(event) };
    expect(await fake.deliveries.send(sent)).toBe(200);
    await arrived();
    expect(await customer.tier(two)).toEqual({ tier: 'free', status: 'dormant' });
    expect(before).toBe('stellar_billing_alarms_total{reason="unknown_status"} 0');
    expect(alarms()).toBe('stellar_billing_alarms_total{reason="unknown_status"} 1');
    expect(one.log.join('')).toContain('"alarm":"unknown_status"');
    // Told again it is no news, and no second alarm.
    expect(await fake.deliveries.send(sent)).toBe(200);
    await arrived();
    expect(alarms()).toMatch(/ 1$/);
  });

  test('is refused when the body is no event, though it was signed', async () => {
    for (const body of ['', '[]', '{"meta":', '{"meta":{},"data":{}}'])
      expect(await fake.deliveries.send({ eventName: 'x', body })).toBe(400);
  });

  test('stores an event before it says so, and keeps no person’s data afterwards', async () => {
    const { customer } = await subscriber();
    const rows = await db.owner.query<{ body: string | null; outcome: string }>(
      `select body, outcome from webhook_events where applied_at is not null`,
    );
    expect(rows.length).toBeGreaterThan(2);
    for (const { body } of rows) expect(body).toBeNull();
    const seen = await db.owner.query(
      `select count(*)::integer as n from subscriptions where user_id = $1::uuid`,
      [customer.userId],
    );
    expect(seen).toEqual([{ n: 1 }]);
  });

  test('shows the portal to its owner only, with a fresh address every time', async () => {
    verifies('NFR-isolation');
    const { customer } = await subscriber();
    const stranger = await Customer.signUp(one);
    const portal = async (): Promise<unknown> => (await customer.get(one, '/billing/portal')).json;
    expect(await portal()).not.toEqual(await portal());
    expect((await stranger.get(one, '/billing/portal')).status).toBe(404);
    expect((await stranger.post(one, '/billing/plan', { tier: 'free' })).status).toBe(409);
    expect(await stranger.tier(one)).toEqual({ tier: 'free', status: undefined });
    expect((await send(`${one.url}/billing/portal`)).status).toBe(401);
  });

  test('is made with the SDK', async () => {
    const { json } = await send(
      `${one.url}/admin/users`,
      jsonBody({ email: 'sdk@example.com' }, { authorization: `Bearer ${operatorToken}` }),
    );
    const apiKeyOfHis = (json as { api_key: string }).api_key;
    const { billing } = createClient({ url: two.url, apiKey: apiKeyOfHis });
    expect(await billing.subscription()).toEqual({ tier: 'free', subscription: null });
    const { url } = await billing.checkout('pro');
    await buy(url);
    await arrived();
    expect(await billing.subscription()).toMatchObject({
      tier: 'pro',
      subscription: { status: 'active', tier: 'pro', payment_open: false },
    });
    expect(await billing.portal()).toMatchObject({
      url: expect.stringContaining('http') as unknown,
    });
    expect((await billing.changePlan('promax')).subscription).toMatchObject({ status: 'active' });
    await arrived();
    expect(await billing.subscription()).toMatchObject({ tier: 'promax' });
    await expect(billing.checkout('pro')).rejects.toMatchObject({ code: 'conflict' });
  });

  test('bears what Lemon Squeezy’s API does, and says when it cannot be asked', async () => {
    const customer = await Customer.signUp(one);
    fake.api.faults.push('rate-limited', 'bad-gateway');
    expect(await customer.checkout(one, 'pro')).toContain('/checkout/');
    fake.api.faults.push('bad-gateway', 'cut', 'bad-gateway');
    const answer = await customer.post(one, '/billing/lemonsqueezy/checkout', { tier: 'pro' });
    expect(answer).toMatchObject({ status: 503, json: { code: 'unavailable' } });
    expect(answer.headers.get('retry-after')).toBe('30');
  });
});

interface EventBody {
  readonly meta: { event_name: string; custom_data: unknown };
  readonly data: { readonly attributes: Record<string, unknown> };
}
