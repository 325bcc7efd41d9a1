import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { type FullServer, startFullServer } from './support/full-server.js';

describeEngines('a request that offers to change to another protocol', (engine) => {
  let db: TestDatabase;
  let server: FullServer;
  let key: string;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  beforeAll(async () => {
    db = await engine.open();
    server = await startFullServer(db);
    ({ key } = await server.createAccount('offers@example.com'));
  });
  afterAll(async () => {
    agent.destroy();
    await server.close();
    await db.close();
  });

  /** As curl --http2 sends it. */
  const offer = async (path: string, body?: object): Promise<{ status: number; json: unknown }> => {
    const sent = request(`${server.url}${path}`, {
      agent,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'X-API-Key': key,
        Connection: 'Upgrade, HTTP2-Settings',
        Upgrade: 'h2c',
        'HTTP2-Settings': 'AAMAAABkAAQCAAAAAAIAAAAA',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, json: await json(answer) };
  };

  test('is answered as if it had not, with a body and without, and so is the next one', async () => {
    const stored = await offer('/api/v1/store', { content: 'by an old protocol' });
    expect(stored.status).toBe(200);
    const list = await offer('/api/v1/memories');
    expect(list).toMatchObject({
      status: 200,
      json: { items: [{ content: 'by an old protocol' }] },
    });
    expect((await offer('/api/v1/nowhere')).status).toBe(404);
  });
});
