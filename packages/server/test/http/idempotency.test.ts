import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonBody, send } from './support/exchange.js';
import { aliceKey, startServer, type TestServer } from './support/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const auth = { 'X-API-Key': aliceKey };
const withKey = (key: string) => ({ ...auth, 'Idempotency-Key': key });
const store = (content: string, headers: Record<string, string>) =>
  send(`${server.url}/api/v1/store`, jsonBody({ content }, headers));
const last = () => server.memories.idempotencies.at(-1);

describe('An Idempotency-Key', () => {
  test('reaches the service with the operation it belongs to and a hash of the request', async () => {
    await store('a', withKey('k 1'));
    const first = last();
    expect(first).toMatchObject({ key: 'k 1', scope: 'POST /api/v1/store' });
    expect(first?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    await store('a', withKey('k 1'));
    expect(last()).toEqual(first);
    await store('b', withKey('k 1'));
    expect(last()?.fingerprint).not.toBe(first?.fingerprint);
  });

  test('is absent when the client sends none', async () => {
    await store('a', auth);
    expect(last()).toBeUndefined();
  });

  test('on another memory is another request, though both have no body', async () => {
    const { json: one } = await store('one', auth);
    const { json: two } = await store('two', auth);
    const fingerprints: (string | undefined)[] = [];
    for (const { id } of [one, two] as { id: string }[]) {
      await send(`${server.url}/api/v1/forget/${id}`, { method: 'DELETE', headers: withKey('k') });
      expect(last()?.scope).toBe('DELETE /api/v1/forget/{id}');
      fingerprints.push(last()?.fingerprint);
    }
    expect(fingerprints[0]).not.toBe(fingerprints[1]);
  });

  test.each([
    ['is empty', ''],
    ['has 256 characters', 'k'.repeat(256)],
    ['has a character beyond ASCII', 'ké'],
    ['has a tab', 'a\tb'],
  ])('that %s is 400', async (_name, key) => {
    const answer = await store('a', withKey(key));
    expect([answer.status, answer.json]).toMatchObject([400, { code: 'bad_request' }]);
  });

  test('of 255 characters is taken', async () => {
    expect((await store('a', withKey('k'.repeat(255)))).status).toBe(200);
  });

  test('is refused where it could not be kept: a retry would make a second API key', async () => {
    const answer = await send(`${server.url}/auth/api-keys`, jsonBody({}, withKey('k')));
    expect(answer.status).toBe(400);
  });

  test('means nothing on a read', async () => {
    expect((await send(`${server.url}/api/v1/stats`, { headers: withKey('') })).status).toBe(200);
  });
});

describe('An entity tag', () => {
  const read = async () => {
    const { id } = (await store('x', auth)).json as { id: string };
    const url = `${server.url}/api/v1/memories/${id}`;
    const { headers } = await send(url, { headers: auth });
    return { url, tag: headers.get('etag') ?? '' };
  };
  const patch = (url: string, headers: Record<string, string>) =>
    send(url, { ...jsonBody({ pinned: true }, { ...auth, ...headers }), method: 'PATCH' });

  test('lets an edit through that read the current version, once', async () => {
    const { url, tag } = await read();
    const edited = await patch(url, { 'If-Match': tag });
    expect(edited.status).toBe(200);
    expect(edited.headers.get('etag')).not.toBe(tag);
    const lost = await patch(url, { 'If-Match': tag });
    expect([lost.status, lost.json]).toMatchObject([412, { code: 'precondition_failed' }]);
  });

  test('is not needed, and * asks only that the memory is there', async () => {
    const { url } = await read();
    expect((await patch(url, {})).status).toBe(200);
    expect((await patch(url, { 'If-Match': '*' })).status).toBe(200);
    expect((await patch(`${url}9`, { 'If-Match': '*' })).status).toBe(404);
  });

  test('that is weak never matches, and one that is malformed is 400', async () => {
    const { url, tag } = await read();
    expect((await patch(url, { 'If-Match': `W/${tag}` })).status).toBe(412);
    for (const bad of ['v1', '"a", "b"', '"'])
      expect((await patch(url, { 'If-Match': bad })).status).toBe(400);
  });
});
