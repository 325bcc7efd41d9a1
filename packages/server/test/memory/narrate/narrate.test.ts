import type { NarrateResponse } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpChatModel } from '../../../src/memory/narrate/chat-model.js';
import { SharedModel } from '../../../src/memory/narrate/shared-model.js';
import { jsonBody, send } from '../../http/support/exchange.js';
import { type FullServer, startFullServer } from '../../http/support/full-server.js';
import { describeEngines, type TestDatabase } from '../../support/engines.js';
import { verifies } from '../../support/verifies.js';
import { type FakeModel, startModel } from './fake-model.js';

type Account = Awaited<ReturnType<FullServer['createAccount']>>;

describeEngines('narratives', (engine) => {
  let db: TestDatabase;
  let plain: FullServer;
  let fluent: FullServer;
  let fake: FakeModel;
  let accounts = 0;
  beforeAll(async () => {
    db = await engine.open();
    fake = await startModel('Mina came to like tea.');
    const secret = 'x'.repeat(32);
    plain = await startFullServer(db, { secret });
    const model = new SharedModel({
      model: createHttpChatModel({ url: fake.url, model: 'small' }),
      onError: () => undefined,
      pauseMs: -1,
    });
    fluent = await startFullServer(db, { secret, model });
  });
  afterAll(async () => {
    await plain.close();
    await fluent.close();
    await fake.close();
    await db.close();
  });

  const newAccount = (): Promise<Account> => plain.createAccount(`tell-${accounts++}@example.com`);
  const store = ({ key }: Account, memories: object[]) =>
    send(`${plain.url}/api/v1/store/batch`, jsonBody({ memories }, { 'X-API-Key': key }));
  const narrate = async (server: FullServer, { key }: Account, body: object) => {
    const answer = await send(`${server.url}/api/v1/narrate`, jsonBody(body, { 'X-API-Key': key }));
    expect(answer.status, answer.text).toBe(200);
    return {
      ...(answer.json as NarrateResponse),
      degraded: answer.headers.get('x-degraded'),
    };
  };
  const tea = [
    { content: 'I tried green tea', speaker: 'Mina', occurred_at: '2026-11-23T20:00:00Z' },
    { content: 'Mina never drank tea', occurred_at: '2026-11-20' },
    { content: 'Mina never drank tea', occurred_at: '2026-11-21' },
    { content: 'The harbour is closed' },
  ];

  test('are told by day without a model, the oldest first and each text once', async () => {
    const account = await newAccount();
    await store(account, tea);
    const told = await narrate(plain, account, { topic: 'tea', timezone: 'Asia/Seoul' });
    expect(told).toMatchObject({ written_by: 'rules', degraded: null });
    expect(told.narrative).toMatch(
      /^2026-11-2[01]\n- Mina never drank tea\n\n2026-11-24\n- Mina: I tried green tea$/,
    );
    expect(told.memories).toHaveLength(2);
    expect(await narrate(plain, account, { topic: 'tea', timezone: 'Asia/Seoul' })).toEqual(told);
    const narrowed = await narrate(plain, account, { topic: 'tea', since: '2026-11-22' });
    expect(narrowed.narrative).toBe('2026-11-23\n- Mina: I tried green tea');
  });

  test('of nothing are empty, and no model is asked', async () => {
    const before = fake.seen.length;
    for (const server of [plain, fluent]) {
      const told = await narrate(server, await newAccount(), { topic: 'tea' });
      expect(told).toEqual({ narrative: '', memories: [], written_by: 'rules', degraded: null });
    }
    expect(fake.seen).toHaveLength(before);
  });

  test('are written by a model from the memories of that account alone', async () => {
    verifies('NFR-isolation', 'FR-04');
    const [mine, others] = [await newAccount(), await newAccount()];
    await store(mine, tea);
    await store(others, [{ content: 'The tea of somebody else' }]);
    const told = await narrate(fluent, mine, { topic: 'tea' });
    expect(told).toMatchObject({ narrative: 'Mina came to like tea.', written_by: 'model' });
    expect(told.memories).toHaveLength(2);
    const [, { content } = { content: '' }] = fake.seen.at(-1)!.body.messages;
    const { topic, notes } = JSON.parse(content) as { topic: string; notes: string };
    expect(topic).toBe('tea');
    expect(notes).toContain('2026-11-23 Mina: I tried green tea');
    expect(notes.split('\n')).toHaveLength(2);
    expect(content).not.toContain('somebody else');
  });

  test('are told by rules when the model fails, and the answer says so', async () => {
    const account = await newAccount();
    await store(account, tea);
    fake.script.push((_, response) => response.writeHead(503).end());
    const told = await narrate(fluent, account, { topic: 'tea' });
    expect(told).toMatchObject({ written_by: 'rules', degraded: 'model' });
    expect(told.narrative).toContain('- Mina: I tried green tea');
  });

  test.each([
    {},
    { topic: '' },
    { topic: 'x', limit: 0 },
    { topic: 'x', limit: 51 },
    { topic: 'x', timezone: 'Mars/Olympus' },
    { topic: 'x', style: 'poem' },
  ])('%j is refused', async (body) => {
    const { key } = await newAccount();
    const { status } = await send(
      `${plain.url}/api/v1/narrate`,
      jsonBody(body, { 'X-API-Key': key }),
    );
    expect(status).toBe(422);
  });

  test('of a key that is bound to an agent tell what is his', async () => {
    const account = await newAccount();
    await store(account, [
      { content: 'Tea of the guide', agent_id: 'guide' },
      { content: 'Tea of the cook', agent_id: 'cook' },
    ]);
    const { json } = await send(
      `${plain.url}/auth/api-keys`,
      jsonBody({ agent_id: 'guide' }, { 'X-API-Key': account.key }),
    );
    const { api_key: key } = json as { api_key: string };
    const told = await narrate(plain, { ...account, key }, { topic: 'tea' });
    expect(told.narrative).toMatch(/- Tea of the guide$/);
    const { status } = await send(
      `${plain.url}/api/v1/narrate`,
      jsonBody({ topic: 'tea', agent_id: 'cook' }, { 'X-API-Key': key }),
    );
    expect(status).toBe(403);
  });
});
