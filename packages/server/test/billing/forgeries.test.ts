import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LeavingNode, startLeavingNode } from '../auth/leaving-node.js';
import { send } from '../http/support/exchange.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';
import { buy } from './billing-node.js';

/** FORGERIES=2500 tries ten thousand in all. */
const ofEachKind = Number(process.env['FORGERIES'] ?? 25);

interface EventBody {
  readonly meta: { custom_data: unknown };
  readonly data: { id: string; readonly attributes: Record<string, unknown> };
}

describeEngines('forged deliveries', (engine) => {
  let db: TestDatabase;
  let node: LeavingNode;
  beforeAll(async () => {
    db = await engine.open();
    node = await startLeavingNode(db);
  }, 120_000);
  afterAll(async () => {
    await node.close();
    await db.close();
  });

  /** An account and its checkout, which nobody has paid at. */
  async function visitor(name: string) {
    const browser = await node.signIn(`${name}@example.com`);
    const { json } = await node.call('POST', '/billing/lemonsqueezy/checkout', browser, {
      tier: 'promax',
    });
    return (json as { url: string }).url;
  }

  /** The event of a purchase as Lemon Squeezy signs it, kept from the service. */
  async function bought(checkoutUrl: string): Promise<string> {
    node.fake.deliveries.mode = 'hold';
    await buy(checkoutUrl);
    node.fake.deliveries.mode = 'send';
    const [created] = node.fake.deliveries.held.splice(0);
    return created!.body;
  }

  const posted = async (body: string, signature: string): Promise<number> =>
    (
      await send(`${node.url}/webhook/lemonsqueezy`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-signature': signature },
        body,
      })
    ).status;

  test('open nothing: wrong signatures, other stores, other variants, nonces of others', async () => {
    verifies('F3');
    const paidCheckout = await visitor('payer');
    await buy(paidCheckout);
    await node.arrived();
    const genuine = await bought(await visitor('forger'));
    const ofOtherVariant = await bought(await visitor('bargain-hunter'));
    const used = [...node.fake.store.subscriptions.values()][0]!.custom;
    const altered = (n: number, change: (event: EventBody) => void, from = genuine): string => {
      const event = JSON.parse(from) as EventBody;
      if (from === genuine) event.data.id = `${700_000 + n}`;
      change(event);
      return JSON.stringify(event);
    };
    const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
    const signatures = [() => hex(32), () => '', () => hex(31), () => `${hex(32)}00`, () => 'null'];
    const signed = (body: string, secret?: string): Promise<number> =>
      node.fake.deliveries.send({ eventName: 'subscription_created', body }, secret);
    const tries: Readonly<Record<string, (n: number) => Promise<number>>> = {
      signature: (n) =>
        n % 2 === 0 ? posted(genuine, signatures[(n >> 1) % 5]!()) : signed(genuine, hex(16)),
      store: (n) =>
        signed(
          altered(n, ({ data }) => (data.attributes['store_id'] = n % 2 === 0 ? n : `77 ${n}`)),
        ),
      // One purchase of his own, whose variant he changes again and again.
      variant: (n) =>
        signed(
          altered(
            n,
            ({ data }) => {
              data.attributes['variant_id'] = 1_000 + n;
              data.attributes['updated_at'] = new Date(node.fake.store.now()).toISOString();
            },
            ofOtherVariant,
          ),
        ),
      'nonce of another': (n) =>
        signed(altered(20_000 + n, ({ meta }) => (meta.custom_data = used))),
      'nonce of nobody': (n) =>
        signed(altered(30_000 + n, ({ meta }) => (meta.custom_data = { nonce: hex(16) }))),
    };
    const counts: string[] = [];
    let accepted = 0;
    for (const [kind, attempt] of Object.entries(tries)) {
      for (let n = 0; n < ofEachKind; n += 1) {
        const status = await attempt(n);
        if (kind === 'signature') expect(status).toBe(401);
      }
      await node.arrived();
      const [paid] = await db.owner.query<{ n: number }>(
        `select count(*)::integer as n from users where tier <> 'free'`,
      );
      // The one who has paid.
      accepted += paid!.n - 1;
      counts.push(`${ofEachKind} ${kind}`);
    }
    process.stderr.write(
      `forgeries, ${engine.name}: ${counts.join(', ')}; ${accepted} accepted of ${ofEachKind * counts.length}\n`,
    );
    expect(accepted).toBe(0);
    // What was forged is what Lemon Squeezy would have sent: unchanged it opens.
    expect(await signed(genuine)).toBe(200);
    await node.arrived();
    const tiers = await db.owner.query(`select tier from users where email = 'forger@example.com'`);
    expect(tiers).toEqual([{ tier: 'promax' }]);
  }, 600_000);
});
