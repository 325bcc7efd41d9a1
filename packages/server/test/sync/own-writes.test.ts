import { randomUUID } from 'node:crypto';
import type { ChangesResponse, MutationsResponse } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, jsonBody, send } from '../http/support/exchange.js';
import { type FullServer, startFullServer } from '../http/support/full-server.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';

describeEngines('who writes by request', (engine) => {
  verifies('F5');
  let db: TestDatabase;
  let server: FullServer;
  beforeAll(async () => {
    db = await engine.open();
    server = await startFullServer(db);
  });
  afterAll(async () => {
    await server.close();
    await db.close();
  });

  test('is told the change that it became, and finds it there', async () => {
    const { key } = await server.createAccount('own-writes@example.com');
    const ask = (method: string, path: string, body?: object): Promise<Answer> => {
      const headers = { 'X-API-Key': key };
      const request = body === undefined ? { headers } : jsonBody(body, headers);
      return send(`${server.url}${path}`, { ...request, method });
    };
    const seqOf = ({ headers }: Answer): number => Number(headers.get('x-sync-seq'));
    const stored = await ask('POST', '/api/v1/store', { content: 'one' });
    const { id } = stored.json as { id: string };
    const batch = { memories: [{ content: 'two' }, { content: 'three' }] };
    const op = { op: 'edit', id, set: { content: 'one, edited' } };
    const mutations = [{ mid: randomUUID(), hlc: `${Date.now()}.0`, ops: [op] }];
    const mutated = () => ask('POST', '/api/v1/mutations', { mutations });
    const answers = [
      stored,
      await ask('POST', '/api/v1/store/batch', batch),
      await ask('PATCH', `/api/v1/memories/${id}`, { pinned: true }),
      await mutated(),
      await ask('DELETE', `/api/v1/forget/${id}`),
      await ask('POST', `/api/v1/memories/${id}/restore`),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers.map(seqOf)).toEqual([1, 2, 3, 4, 5, 6]);
    const { acks } = answers[3]!.json as MutationsResponse;
    expect(acks.map(({ seq }) => seq)).toEqual([4]);
    const feed = (await ask('GET', '/api/v1/changes')).json as ChangesResponse;
    expect(feed.head).toBe(6);
    // Answered from what is remembered: the change is in the body, and nothing was written.
    const repeated = await mutated();
    expect(repeated.headers.get('x-sync-seq')).toBeNull();
    expect((repeated.json as MutationsResponse).acks.map(({ seq }) => seq)).toEqual([4]);
  });
});
