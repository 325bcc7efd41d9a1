import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLemonSqueezy } from '../../src/billing/lemonsqueezy-client.js';
import { type FakeLemonSqueezy, startFakeLemonSqueezy } from './fake/fake-lemonsqueezy.js';

let fake: FakeLemonSqueezy;

beforeEach(async () => {
  fake = await startFakeLemonSqueezy({
    webhookUrl: 'http://127.0.0.1:1/webhook',
    webhookSecret: 'a-secret-of-the-test',
    apiKey: 'the-key',
    storeId: 1,
  });
  fake.deliveries.mode = 'drop';
});
afterEach(() => fake.close());

const client = (apiKey = 'the-key') =>
  createLemonSqueezy({ apiBase: fake.origin, apiKey, timeoutMs: 200, backoffMs: 1 });

function bought(): number {
  const checkout = { variantId: 10, enabledVariants: [10], custom: [], expiresAt: null };
  return fake.store.buy(fake.store.addCheckout(checkout)).id;
}

test('An answer that does not come is given up and asked for again', async () => {
  const id = bought();
  fake.api.faults.push('slow');
  expect(await client().subscription(`${id}`)).toMatchObject({ id: `${id}` });
  expect(fake.api.requests).toBe(2);
});

test('Three failures are one error, and no fourth request is made', async () => {
  fake.api.faults.push('slow', 'cut', 'bad-gateway', 'bad-gateway');
  await expect(client().subscription('1')).rejects.toMatchObject({ code: 'unavailable' });
  expect(fake.api.requests).toBe(3);
});

test('What is not there is nothing; a wrong key is an error that is not repeated', async () => {
  expect(await client().subscription('999')).toBeUndefined();
  expect(await client().changeSubscription('999', { cancelled: true })).toBeUndefined();
  const before = fake.api.requests;
  await expect(client('another').subscription('1')).rejects.toMatchObject({ code: 'unavailable' });
  expect(fake.api.requests).toBe(before + 1);
});

test('A change that is refused is a conflict', async () => {
  const id = bought();
  fake.store.happen(fake.store.subscriptions.get(id)!, 'expire');
  const changed = client().changeSubscription(`${id}`, { cancelled: false });
  await expect(changed).rejects.toMatchObject({ code: 'conflict' });
});

test('Every page of invoices is read', async () => {
  const id = bought();
  const held = fake.store.subscriptions.get(id)!;
  for (let n = 0; n < 4; n += 1) fake.store.happen(held, 'renew');
  expect(await client().invoices(`${id}`)).toHaveLength(5);
});
