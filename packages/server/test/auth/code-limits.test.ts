import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { type SignInServer, startSignInServer } from './sign-in-server.js';

describeEngines('codes that are asked for', (engine) => {
  let db: TestDatabase;
  /** Two nodes behind one proxy: what one of them counts counts for the other. */
  let nodes: [SignInServer, SignInServer];
  const clock = { now: Date.now(), nowMs: () => clock.now };
  beforeAll(async () => {
    db = await engine.open();
    nodes = [
      await startSignInServer(db, { clock, limited: true }),
      await startSignInServer(db, { clock, limited: true }),
    ];
  });
  afterAll(async () => {
    for (const node of nodes) await node.close();
    await db.close();
  });

  const ask = (n: number, email: string, address: string) =>
    nodes[n % 2]!.post('/auth/register', { email }, { 'x-forwarded-for': address });
  const prove = (n: number, address: string) =>
    nodes[n % 2]!.post(
      '/auth/verify',
      { request: randomUUID(), code: '12345678' },
      { 'x-forwarded-for': address },
    );

  test('are 30 in ten minutes from one address, whatever node is asked and for whom', async () => {
    const mailbox = () => `${randomUUID()}@${randomUUID()}.example`;
    for (let n = 0; n < 30; n += 1) expect((await ask(n, mailbox(), '192.0.2.1')).status).toBe(200);
    for (const n of [0, 1]) {
      const refused = await ask(n, mailbox(), '192.0.2.1');
      expect(refused).toMatchObject({ status: 429, json: { code: 'rate_limited' } });
      expect(refused.headers.get('retry-after')).toBe('600');
    }
    expect((await ask(0, mailbox(), '192.0.2.2')).status).toBe(200);
    clock.now += 600_000;
    expect((await ask(0, mailbox(), '192.0.2.1')).status).toBe(200);
  });

  test('are 200 in ten minutes for one domain, whatever addresses they come from', async () => {
    const mailbox = () => `${randomUUID()}@Many.example`;
    for (let n = 0; n < 200; n += 1)
      expect((await ask(n, mailbox(), `198.51.100.${n}`)).status).toBe(200);
    for (const n of [0, 1])
      expect((await ask(n, mailbox(), `203.0.113.${n}`)).json).toMatchObject({
        code: 'rate_limited',
      });
    expect((await ask(0, `${randomUUID()}@few.example`, '203.0.113.7')).status).toBe(200);
    clock.now += 600_000;
    expect((await ask(0, mailbox(), '203.0.113.8')).status).toBe(200);
  });

  test('are typed in 60 times in ten minutes from one address', async () => {
    for (let n = 0; n < 60; n += 1) expect((await prove(n, '192.0.2.9')).status).toBe(401);
    for (const n of [0, 1]) expect((await prove(n, '192.0.2.9')).status).toBe(429);
    expect((await prove(0, '192.0.2.10')).status).toBe(401);
  });
});
