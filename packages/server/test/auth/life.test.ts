import { afterAll, beforeAll, expect, test } from 'vitest';
import { sealOf } from '../../src/domain/sealed-line.js';
import { type BillingNode, buy, operatorToken, startBillingNode } from '../billing/billing-node.js';
import { jsonBody, send } from '../http/support/exchange.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';
import { scanColumns } from './column-scan.js';
import { type LeavingNode, startLeavingNode } from './leaving-node.js';

const dayMs = 86_400_000;
const email = 'canary-mailbox@example.com';
const word = 'canaryinthememories';

describeEngines('the life of an account, over HTTP', (engine) => {
  let db: TestDatabase;
  let node: LeavingNode;
  /** The other node of the service; the embedded engine has one. */
  let other: BillingNode | undefined;
  beforeAll(async () => {
    db = await engine.open();
    node = await startLeavingNode(db);
    if (engine.name === 'postgres') other = await startBillingNode(db, node);
  });
  afterAll(async () => {
    await other?.close();
    await node.close();
    await db.close();
  });

  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const elsewhere = (): string => (other === undefined ? '' : ', on the other node too');
  /** Asks the other node, where there is one. */
  const there = (method: string, path: string, headers: Record<string, string>, body?: unknown) =>
    send((other ?? node).url + path, {
      ...(body === undefined ? { headers } : jsonBody(body, headers)),
      method,
    });

  test('from sign-up to a receipt, and nothing is left', async () => {
    verifies('F3', 'F4');
    const browser = await node.signIn(email);
    say('signed up, with a code from the mailbox');
    const made = await node.call('POST', '/auth/api-keys', browser, { name: 'canarykey' });
    expect(made.status).toBe(201);
    const key = { 'x-api-key': (made.json as { api_key: string }).api_key };
    const [account] = await db.owner.query<{ id: string }>(
      'select id from users where email = $1',
      [email],
    );
    say('made a key');

    for (let at = 0; at < 1_000; at += 100) {
      const memories = Array.from({ length: 100 }, (_, n) => ({
        content: `${word} number ${at + n}`,
        metadata: { canarymetadata: at + n },
        session_id: 'canarysession',
        speaker: 'canaryspeaker',
      }));
      expect((await node.call('POST', '/api/v1/store/batch', key, { memories })).status).toBe(200);
    }
    say('stored 1,000 memories');
    for (const call of [node.call, there])
      expect(await call('POST', '/api/v1/store', key, { content: 'one too many' })).toMatchObject({
        status: 403,
        json: { code: 'quota_exceeded', limit: 1_000, used: 1_000, upgrade_url: '/pricing' },
      });
    say('the 1,001st was refused: quota_exceeded, /pricing');

    const checkout = await node.call('POST', '/billing/lemonsqueezy/checkout', key, {
      tier: 'pro',
    });
    await buy((checkout.json as { url: string }).url);
    await node.arrived();
    const stored = await there('POST', '/api/v1/store', key, {
      content: `${word} after it was paid`,
    });
    expect(stored.status).toBe(200);
    say(`bought pro: the same key stores on${elsewhere()}`);

    await node.call('POST', '/billing/plan', key, { tier: 'free' });
    await node.arrived();
    await node.pass(40 * dayMs);
    const again = await node.call('GET', '/billing/subscription', key);
    expect(again.json).toMatchObject({ tier: 'free' });
    for (const call of [node.call, there]) {
      const grown = await call('POST', '/api/v1/store', key, { content: 'more' });
      expect(grown).toMatchObject({ status: 403, json: { code: 'quota_exceeded', used: 1_001 } });
    }
    const read = await there('GET', `/api/v1/recall?q=${word}&limit=3`, key);
    expect(read.json).toHaveLength(3);
    say(`let pro run out: growth is refused, reading is not${elsewhere()}`);

    const exported = await node.call('GET', '/api/v1/export', key);
    expect(exported.text.trimEnd().split('\n')).toHaveLength(1_003);
    const held = await node.call('GET', '/auth/account/export', key);
    const lines = held.text.trimEnd().split('\n');
    expect(lines.every((line) => sealOf(line) !== undefined)).toBe(true);
    const kinds = lines.map((line) => (JSON.parse(line) as { type: string }).type);
    expect(new Set(kinds)).toEqual(
      new Set(['user', 'key', 'session', 'subscription', 'usage', 'warning', 'audit', 'end']),
    );
    expect(held.text).toContain(email);
    for (const secret of [
      key['x-api-key'],
      browser['cookie']!.split('=')[1]!,
      'key_hash',
      'token_hash',
    ])
      expect(held.text).not.toContain(secret);
    const [first] = read.json as { id: string }[];
    await node.call('PATCH', `/api/v1/memories/${first!.id}`, key, { content: `${word} edited` });
    await node.call('DELETE', `/api/v1/forget/${first!.id}`, key);
    say('exported 1,001 memories and the account, edited a memory and forgot it');

    const closed = await node.call('DELETE', '/auth/account', key, await node.proof(email));
    expect(closed.status, closed.text).toBe(200);
    for (const call of [node.call, there])
      await expect
        .poll(async () => (await call('GET', '/api/v1/stats', key)).json)
        .toMatchObject({ code: 'account_closed' });
    expect(await node.round()).toEqual([]);
    say(`asked for erasure: the key answers account_closed${elsewhere()}`);

    const receipts = await node.pass(7 * dayMs);
    expect(receipts).toHaveLength(1);
    const [{ id, counts }] = receipts as [(typeof receipts)[number]];
    expect(counts).toMatchObject({
      users: 1,
      memories: 1_000,
      api_keys: 1,
      subscriptions: 1,
      tenant_usage: 1,
    });
    expect(node.failures).toEqual([]);
    say(
      `erased seven days later; receipt ${JSON.stringify(Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0)))}`,
    );
    expect(node.mails.at(-1)).toMatchObject({
      to: email,
      text: expect.stringContaining(id) as unknown,
    });
    const listed = await node.call('GET', '/admin/erasures', {
      authorization: `Bearer ${operatorToken}`,
    });
    expect(listed.json).toMatchObject({ pending: [], receipts: [{ id, account_id: account!.id }] });
    say('the receipt was mailed, and the operator has it');

    expect(
      await scanColumns(db, [
        email,
        word,
        'canarykey',
        'canarymetadata',
        'canarysession',
        'canaryspeaker',
      ]),
    ).toEqual([]);
    expect(await scanColumns(db, [account!.id])).toEqual(['erasure_receipts']);
    say('every column of every table was searched: nothing but the receipt is left');
    for (const call of [node.call, there])
      await expect.poll(async () => (await call('GET', '/api/v1/stats', key)).status).toBe(401);
    process.stdout.write(
      `\n${engine.name}, ${other === undefined ? 'one node' : 'two nodes'}\n${said.map((line) => `  ✓ ${line}\n`).join('')}`,
    );
    said.length = 0;
  }, 600_000);
});
