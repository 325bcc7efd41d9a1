import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServices } from '../../src/app/services.js';
import { createDeviceService } from '../../src/auth/device-grant.system.js';
import type { Mail } from '../../src/auth/mailer.js';
import { createSessionAuthenticator } from '../../src/auth/session-authenticator.system.js';
import { createSignIn } from '../../src/auth/sign-in.system.js';
import { createHttpServer } from '../../src/http/http-server.js';
import { createLogger } from '../../src/http/logger.js';
import { type Answer, jsonBody, send } from '../http/support/exchange.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';
import { rankDifference } from './rank-difference.js';

const secret = 'a secret of the test, longer than 32 bytes';
const publicUrl = 'https://memory.example.com';
const operator = { authorization: 'Bearer operator-token-of-signing-in' };

describeEngines('signing in', (engine) => {
  let db: TestDatabase;
  let url: string;
  let close: () => Promise<void>;
  const mails: Mail[] = [];
  const log: string[] = [];
  const clock = { now: Date.now(), nowMs: () => clock.now };

  beforeAll(async () => {
    db = await engine.open();
    const logger = createLogger('info', { write: (line) => void log.push(line) });
    const services = createServices({ database: db.database, secret, storage: 'a test' }, logger);
    const options = { tenants: db.tenants, system: db.system, secret, clock };
    const service = createSignIn({
      ...options,
      mailer: { send: async (mail) => void mails.push(mail) },
      onMailError: () => undefined,
    });
    const http = createHttpServer({
      ...services,
      config: { host: '127.0.0.1', port: 0, version: '1.1.0', publicUrl },
      admin: { accounts: services.accounts, token: 'operator-token-of-signing-in' },
      signIn: {
        service,
        sessions: createSessionAuthenticator(options),
        devices: createDeviceService({
          ...options,
          apiKeys: services.apiKeys,
          pagesUrl: publicUrl,
        }),
      },
      logger,
    });
    ({ url } = await http.listen());
    close = async () => {
      await http.close();
      await service.idle();
      await services.index.close();
      await services.memories.flush();
    };
  });
  afterAll(async () => {
    await close();
    await db.close();
  });

  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    send(url + path, jsonBody(body, headers));
  const newMailbox = () => `${randomUUID()}@example.com`;

  async function ask(email: string): Promise<{ request: string; code: string }> {
    const { status, json } = await post('/auth/register', { email });
    expect(status).toBe(200);
    const mail = mails.findLast(({ to }) => to === email.trim().toLowerCase());
    const code = /is (\d{4} \d{4})$/m.exec(mail?.text ?? '')?.[1] ?? 'none';
    return { request: (json as { request: string }).request, code };
  }

  const cookieOf = ({ headers }: Answer): string =>
    headers.get('set-cookie')?.split(';')[0] ?? 'none';

  async function signIn(email: string) {
    const answer = await post('/auth/verify', await ask(email));
    expect(answer.status, answer.text).toBe(200);
    const { user_id, created } = answer.json as { user_id: string; created: boolean };
    return { userId: user_id, created, cookie: cookieOf(answer) };
  }

  const wrong = (code: string): string => (code === '0000 0000' ? '0000 0001' : '0000 0000');

  test('makes an account of a proved mailbox, and finds it again, however it is written', async () => {
    const email = newMailbox();
    const first = await signIn(email);
    expect(first.created).toBe(true);
    const again = await signIn(`  ${email.toUpperCase()} `);
    expect(again).toMatchObject({ userId: first.userId, created: false });
    const rows = await db.owner.query(`select email, tier from users where id = $1::uuid`, [
      first.userId,
    ]);
    expect(rows).toEqual([{ email, tier: 'free' }]);
  });

  test('finds an account that v1 wrote in mixed case; of two the oldest', async () => {
    const name = randomUUID();
    const [older, newer] = [randomUUID(), randomUUID()];
    for (const [id, email, at] of [
      [newer, `${name}@EXAMPLE.com`, '2025-02-01'],
      [older, `${name}@Example.com`, '2025-01-01'],
    ]) {
      await db.owner.query(
        `insert into users (id, email, created_at) values ($1::uuid, $2, $3::timestamptz)`,
        [id!, email!, at!],
      );
      await db.owner.query(`insert into tenant_usage (user_id) values ($1::uuid)`, [id!]);
    }
    expect(await signIn(`${name}@example.com`)).toMatchObject({ userId: older, created: false });
    const made = await post('/admin/users', { email: `${name}@example.com` }, operator);
    expect(made.status).toBe(409);
  });

  test('gives a browser a session that scripts cannot read and other sites cannot use', async () => {
    verifies('FR-04');
    const email = newMailbox();
    const answer = await post('/auth/verify', await ask(email));
    expect(answer.headers.get('set-cookie')).toMatch(
      /^__Host-stellar-session=[\w-]{43}; Path=\/; Max-Age=2592000; Secure; HttpOnly; SameSite=Lax$/,
    );
    const cookie = cookieOf(answer);
    expect(answer.text).not.toContain(cookie.split('=')[1]);
    const stats = await send(`${url}/api/v1/stats`, { headers: { cookie } });
    expect(stats.json).toMatchObject({ total_memories: 0 });
    const store = (headers: Record<string, string>) =>
      post('/api/v1/store', { content: 'from a browser' }, { cookie, ...headers });
    expect((await store({})).status).toBe(401);
    expect((await store({ origin: 'https://evil.example' })).status).toBe(401);
    expect((await store({ origin: 'null' })).status).toBe(401);
    expect((await store({ origin: publicUrl })).status).toBe(200);
    const double = await send(`${url}/api/v1/stats`, {
      headers: { cookie: `${cookie}; ${cookie}` },
    });
    expect(double.status).toBe(401);
  });

  test('makes the first key of an account, which then works without the session', async () => {
    const { cookie } = await signIn(newMailbox());
    const made = await post('/auth/api-keys', { name: 'first' }, { cookie, origin: publicUrl });
    expect(made.status).toBe(201);
    const { api_key } = made.json as { api_key: string };
    const stats = await send(`${url}/api/v1/stats`, { headers: { 'x-api-key': api_key } });
    expect(stats.status).toBe(200);
    const second = await post('/auth/api-keys', {}, { cookie, origin: publicUrl });
    expect(second.json).toMatchObject({ code: 'quota_exceeded', limit: 1 });
  });

  test('takes a code once', async () => {
    const asked = await ask(newMailbox());
    const answers = await Promise.all(Array.from({ length: 4 }, () => post('/auth/verify', asked)));
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 401, 401, 401]);
    expect((await post('/auth/verify', asked)).status).toBe(401);
  });

  test('takes five tries, and then not even the right code', async () => {
    const { request, code } = await ask(newMailbox());
    for (let n = 0; n < 5; n += 1)
      expect((await post('/auth/verify', { request, code: wrong(code) })).status).toBe(401);
    expect((await post('/auth/verify', { request, code })).status).toBe(401);
    const other = await ask(newMailbox());
    for (let n = 0; n < 4; n += 1)
      await post('/auth/verify', { request: other.request, code: wrong(other.code) });
    expect((await post('/auth/verify', other)).status).toBe(200);
  });

  test('takes a code from the browser that asked only, and for ten minutes', async () => {
    const email = newMailbox();
    const [mine, theirs] = [await ask(email), await ask(email)];
    expect((await post('/auth/verify', { ...theirs, code: mine.code })).status).toBe(401);
    clock.now += 10 * 60_000 - 1;
    expect((await post('/auth/verify', mine)).status).toBe(200);
    clock.now += 1;
    expect((await post('/auth/verify', theirs)).status).toBe(401);
    const unknown = { request: randomUUID(), code: mine.code };
    const answers = [await post('/auth/verify', theirs), await post('/auth/verify', unknown)];
    const told = answers.map(({ json }) => (json as { detail: string }).detail);
    expect(new Set(told)).toEqual(new Set(['The code is not valid.']));
  });

  test('sends five codes to a mailbox in ten minutes, and answers alike to who asks for more', async () => {
    const email = newMailbox();
    const answers = [];
    for (let n = 0; n < 7; n += 1) answers.push(await post('/auth/register', { email }));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 7 }, () => 200));
    expect(mails.filter(({ to }) => to === email)).toHaveLength(5);
    clock.now += 10 * 60_000;
    await ask(email);
    expect(mails.filter(({ to }) => to === email)).toHaveLength(6);
  });

  test('refuses a page of another site, which could sign a visitor in as somebody else', async () => {
    const asked = await ask(newMailbox());
    const headers = { origin: 'https://evil.example' };
    expect((await post('/auth/register', { email: newMailbox() }, headers)).status).toBe(401);
    expect((await post('/auth/verify', asked, headers)).status).toBe(401);
    expect((await post('/auth/verify', asked, { origin: publicUrl })).status).toBe(200);
  });

  test('lists the sessions of its owner, who ends any of them at once', async () => {
    verifies('NFR-isolation');
    const email = newMailbox();
    const [laptop, phone] = [await signIn(email), await signIn(email)];
    const stranger = await signIn(newMailbox());
    const list = async (cookie: string) => {
      const { json } = await send(`${url}/auth/sessions`, { headers: { cookie } });
      return (json as { items: { id: string; current: boolean }[] }).items;
    };
    const shown = await list(laptop.cookie);
    expect(shown).toHaveLength(2);
    expect(await list(stranger.cookie)).toHaveLength(1);
    const ofPhone = shown.find(({ current }) => !current)!;
    const end = (cookie: string, id: string) =>
      send(`${url}/auth/sessions/${id}`, {
        method: 'DELETE',
        headers: { cookie, origin: publicUrl },
      });
    expect((await end(stranger.cookie, ofPhone.id)).status).toBe(404);
    expect(await list(phone.cookie)).toHaveLength(2);
    expect((await end(laptop.cookie, ofPhone.id)).status).toBe(200);
    const over = await send(`${url}/auth/sessions`, { headers: { cookie: phone.cookie } });
    expect(over.status).toBe(401);
    expect((await end(laptop.cookie, ofPhone.id)).status).toBe(404);
  });

  test('ends after 30 days, and while the account is suspended', async () => {
    const { cookie, userId } = await signIn(newMailbox());
    const status = async () => (await send(`${url}/api/v1/stats`, { headers: { cookie } })).status;
    const set = (to: string) =>
      db.owner.query(`update users set status = $2 where id = $1::uuid`, [userId, to]);
    await set('suspended');
    expect(await status()).toBe(403);
    await set('active');
    expect(await status()).toBe(200);
    clock.now += 30 * 86_400_000;
    expect(await status()).toBe(401);
  });

  test('lets nobody into the local account, which has no mailbox', async () => {
    await db.owner.query(`insert into users (email, tier) values ('local@example.org', 'local')`);
    expect((await post('/auth/verify', await ask('local@example.org'))).status).toBe(401);
  });

  test('keeps neither codes nor tokens as they are, and writes none into the log', async () => {
    const email = newMailbox();
    const { request, code } = await ask(email);
    const answer = await post('/auth/verify', { request, code });
    const token = cookieOf(answer).split('=')[1]!;
    const stored = JSON.stringify([
      await db.owner.query('select * from sign_in_requests'),
      await db.owner.query('select * from sessions'),
    ]);
    for (const secretText of [token, code, code.replace(' ', '')]) {
      expect(stored).not.toContain(secretText);
      expect(log.join('')).not.toContain(secretText);
    }
    expect(log.join('')).not.toContain(email);
  });

  test('answers alike, and as fast, whether there is an account or not', async () => {
    const known: number[] = [];
    const unknown: number[] = [];
    const timed = async (email: string): Promise<{ ms: number; answer: Answer }> => {
      const startedAt = performance.now();
      const answer = await post('/auth/register', { email });
      return { ms: performance.now() - startedAt, answer };
    };
    const shape = ({ status, json, headers }: Answer) => ({
      status,
      fields: Object.keys(json as object),
      headers: [...headers.keys()].filter((name) => name !== 'x-request-id'),
    });
    for (let n = 0; n < 150; n += 1) {
      const there = newMailbox();
      expect((await post('/admin/users', { email: there }, operator)).status).toBe(201);
      const [a, b] = [await timed(there), await timed(newMailbox())];
      known.push(a.ms);
      unknown.push(b.ms);
      expect(shape(a.answer)).toEqual(shape(b.answer));
    }
    // Standard deviations between the two samples' ranks: beyond 4 is one chance in 15,000.
    const difference = rankDifference(known, unknown);
    const median = (times: number[]) =>
      times.toSorted((a, b) => a - b)[times.length >> 1]!.toFixed(2);
    process.stderr.write(
      `enumeration, ${engine.name}: ${known.length} addresses with an account and as many without; p50 ` +
        `${median(known)} and ${median(unknown)} ms, ${difference.toFixed(2)} standard deviations of their ranks apart\n`,
    );
    expect(Math.abs(difference)).toBeLessThan(4);
  });
});

describe('The measure of a difference in time', () => {
  test('finds one of a tenth, and none between alike', () => {
    const sample = (base: number) => Array.from({ length: 150 }, (_, n) => base + (n % 15) / 100);
    expect(rankDifference(sample(1), sample(1))).toBe(0);
    expect(Math.abs(rankDifference(sample(1), sample(1.1)))).toBeGreaterThan(4);
  });
});
