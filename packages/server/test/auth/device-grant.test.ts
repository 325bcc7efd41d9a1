import { randomUUID } from 'node:crypto';
import type { CreatedApiKey, DeviceResponse } from '@stellar-memory/protocol';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { send } from '../http/support/exchange.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';
import { type SignInServer, startSignInServer } from './sign-in-server.js';

describeEngines('letting a device in', (engine) => {
  let db: TestDatabase;
  /** Two nodes over one database: whatever one of them is told, the other knows. */
  let node: SignInServer;
  let other: SignInServer;
  const clock = { now: Date.now(), nowMs: () => clock.now };

  beforeAll(async () => {
    db = await engine.open();
    node = await startSignInServer(db, { clock });
    other = await startSignInServer(db, { clock, limited: true });
  });
  beforeEach(() => {
    clock.now += 3_600_000;
  });
  afterAll(async () => {
    await node.close();
    await other.close();
    await db.close();
  });

  const newMailbox = () => `${randomUUID()}@example.com`;
  const begin = async (body: object = { name: 'laptop' }): Promise<DeviceResponse> => {
    const answer = await node.post('/auth/device', body);
    expect(answer.status, answer.text).toBe(200);
    return answer.json as DeviceResponse;
  };
  /** Waits as long as it was told to, and asks. */
  const poll = (device_code: string, at = other) => {
    clock.now += 5_000;
    return at.post('/auth/device/token', { device_code });
  };
  const codeOf = ({ json }: { json: unknown }) => (json as { code: string }).code;

  test('gives it a key of the account once a person says so, though each step meets another node', async () => {
    verifies('FR-04', 'F3');
    const me = await node.signIn(newMailbox());
    const asked = await begin({ name: 'laptop', scopes: ['read', 'write'] });
    expect(asked).toMatchObject({
      verification_uri: 'https://memory.example.com/device',
      verification_uri_complete: `https://memory.example.com/device#${asked.user_code}`,
      expires_in: 600,
      interval: 5,
    });
    expect(asked.user_code).toMatch(/^[B-Z]{4}-[B-Z]{4}$/);
    expect(codeOf(await poll(asked.device_code, node))).toBe('authorization_pending');
    const seen = await node.post('/auth/device/inspect', { user_code: asked.user_code }, me);
    expect(seen.json).toMatchObject({ name: 'laptop', scopes: ['read', 'write'] });
    const typed = asked.user_code.toLowerCase().replace('-', ' ');
    const decided = await node.post('/auth/device/decide', { user_code: typed, grant: true }, me);
    expect(decided.json).toEqual({ granted: true });

    const taken = await poll(asked.device_code);
    expect(taken.status, taken.text).toBe(200);
    const key = taken.json as CreatedApiKey;
    expect(key).toMatchObject({ name: 'laptop', scopes: ['read', 'write'], parent_id: null });
    const headers = { 'x-api-key': key.api_key };
    expect((await send(`${node.url}/api/v1/stats`, { headers })).status).toBe(200);
    const manage = await send(`${node.url}/auth/api-keys`, { headers });
    expect(codeOf(manage)).toBe('insufficient_scope');
    const { json } = await send(`${node.url}/auth/api-keys`, { headers: me });
    expect(json).toMatchObject({ items: [{ id: key.id, name: 'laptop' }] });
    expect(codeOf(await poll(asked.device_code))).toBe('expired_token');
  });

  test('gives it once, however many poll at the same time', async () => {
    const me = await node.signIn(newMailbox());
    const asked = await begin();
    await node.post('/auth/device/decide', { user_code: asked.user_code, grant: true }, me);
    clock.now += 5_000;
    const answers = await Promise.all(
      [node, other, node, other].map((at) =>
        at.post('/auth/device/token', { device_code: asked.device_code }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const { json } = await send(`${node.url}/auth/api-keys`, { headers: me });
    expect((json as { items: unknown[] }).items).toHaveLength(1);
  });

  test('asks one that polls too fast to slow down, and expects it to', async () => {
    const { device_code } = await begin();
    expect(codeOf(await poll(device_code))).toBe('authorization_pending');
    clock.now += 4_999;
    expect(codeOf(await node.post('/auth/device/token', { device_code }))).toBe('slow_down');
    expect(codeOf(await poll(device_code))).toBe('slow_down');
    clock.now += 10_000;
    expect(codeOf(await poll(device_code))).toBe('authorization_pending');
  });

  test('is over after ten minutes, for the person and for the device', async () => {
    const me = await node.signIn(newMailbox());
    const [granted, waiting] = [await begin(), await begin()];
    await node.post('/auth/device/decide', { user_code: granted.user_code, grant: true }, me);
    clock.now += 600_000;
    const late = await node.post(
      '/auth/device/decide',
      { user_code: waiting.user_code, grant: true },
      me,
    );
    expect(late.status).toBe(404);
    expect(codeOf(await poll(waiting.device_code))).toBe('expired_token');
    expect(codeOf(await poll(granted.device_code))).toBe('expired_token');
    // The next request forgets what is over.
    await begin();
    const left = await db.owner.query(
      `select (select count(*) from device_requests)::int as requests, (select count(*) from device_grants)::int as grants`,
    );
    expect(left).toEqual([{ requests: 1, grants: 0 }]);
  });

  test('is decided about once, and a denial reaches the device', async () => {
    const [me, stranger] = [await node.signIn(newMailbox()), await node.signIn(newMailbox())];
    const { user_code, device_code } = await begin();
    const say = (grant: boolean, who: typeof me) =>
      other.post('/auth/device/decide', { user_code, grant }, { ...who, origin: other.url });
    expect((await say(false, me)).json).toEqual({ granted: false });
    expect((await say(true, stranger)).status).toBe(404);
    expect(codeOf(await poll(device_code))).toBe('access_denied');
    expect(codeOf(await poll(device_code))).toBe('expired_token');
  });

  test('of two people who grant the same device one does', async () => {
    const people = await Promise.all([1, 2, 3].map(() => node.signIn(newMailbox())));
    const { user_code, device_code } = await begin();
    const answers = await Promise.all(
      people.map((who) => node.post('/auth/device/decide', { user_code, grant: true }, who)),
    );
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 404, 404]);
    expect((await poll(device_code)).status).toBe(200);
  });

  test('needs a person: neither a key nor a page of another site will do', async () => {
    const me = await node.signIn(newMailbox());
    const asked = await begin();
    await node.post('/auth/device/decide', { user_code: asked.user_code, grant: true }, me);
    const { api_key } = (await poll(asked.device_code)).json as CreatedApiKey;
    const { user_code } = await begin();
    const decide = (headers: Record<string, string>) =>
      node.post('/auth/device/decide', { user_code, grant: false }, headers);
    expect((await decide({})).status).toBe(401);
    expect((await decide({ cookie: me.cookie })).status).toBe(401);
    expect((await decide({ cookie: me.cookie, origin: 'https://evil.example' })).status).toBe(401);
    expect(codeOf(await decide({ 'x-api-key': api_key }))).toBe('insufficient_scope');
    expect((await decide(me)).status).toBe(200);
  });

  test('says at once, to the person who can make room, that all keys are in use', async () => {
    const me = await node.signIn(newMailbox());
    const made = await node.post('/auth/api-keys', { name: 'first' }, me);
    const { user_code, device_code } = await begin();
    const decide = () => node.post('/auth/device/decide', { user_code, grant: true }, me);
    expect((await decide()).json).toMatchObject({ code: 'quota_exceeded', limit: 1, used: 1 });
    expect(codeOf(await poll(device_code))).toBe('authorization_pending');
    const { id } = made.json as CreatedApiKey;
    await send(`${node.url}/auth/api-keys/${id}`, { method: 'DELETE', headers: me });
    expect((await decide()).status).toBe(200);
    expect((await poll(device_code)).status).toBe(200);
  });

  test('takes twenty tries of codes in ten minutes, on both nodes together', async () => {
    const [me, neighbour] = [await node.signIn(newMailbox()), await node.signIn(newMailbox())];
    const { user_code } = await begin();
    const guess = (at: SignInServer, who = me) =>
      at.post('/auth/device/inspect', { user_code: 'ZZZZ-ZZZZ' }, { ...who, origin: at.url });
    for (let n = 0; n < 10; n += 1) {
      expect((await guess(node)).status).toBe(404);
      expect((await guess(other)).status).toBe(404);
    }
    const beyond = await node.post('/auth/device/inspect', { user_code }, me);
    expect(beyond.status).toBe(429);
    expect(beyond.headers.get('retry-after')).toBe('600');
    expect((await guess(other, neighbour)).status).toBe(404);
    clock.now += 600_000;
    expect((await guess(node)).status).toBe(404);
  });

  test('begins thirty times in ten minutes from one address', async () => {
    const ask = () => other.post('/auth/device', {});
    for (let n = 0; n < 30; n += 1) expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(429);
    // Where nobody is limited nobody's address is looked at.
    expect((await node.post('/auth/device', {})).status).toBe(200);
    clock.now += 600_000;
    expect((await ask()).status).toBe(200);
  });

  test('keeps no code and no address as it is, and writes none into the log', async () => {
    const me = await node.signIn(newMailbox());
    const asked = await begin();
    await node.post('/auth/device/inspect', { user_code: asked.user_code }, me);
    const stored = JSON.stringify([
      await db.owner.query('select * from device_requests'),
      await db.owner.query('select * from attempts'),
    ]);
    for (const text of [asked.device_code, asked.user_code, asked.user_code.replace('-', '')]) {
      expect(stored).not.toContain(text);
      expect(node.log.join('')).not.toContain(text);
    }
    expect(stored).not.toContain('127.0.0.1');
  });
});
