import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonBody, send } from '../http/support/exchange.js';
import { type FullServer, startFullServer } from '../http/support/full-server.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';
import { openEvents } from './event-reader.js';

/** The requirement is a second; a machine that does much besides gets more. */
const allowedMs = 5_000;
const secret = 'one secret for both nodes, longer than 32 bytes';

describeEngines('whoever follows changes', (engine) => {
  verifies('F5', 'FR-09');
  let db: TestDatabase;
  let here: FullServer;
  let there: FullServer;
  let accounts = 0;
  beforeAll(async () => {
    db = await engine.open();
    here = await startFullServer(db, { secret });
    there = await startFullServer(db, { secret });
  });
  afterAll(async () => {
    await here.close();
    await there.close();
    await db.close();
  });

  const newAccount = (tier: 'free' | 'promax' = 'promax') => {
    accounts += 1;
    return here.createAccount(`follower-${accounts}@example.com`, tier);
  };
  const childOf = async (key: string, body: object) => {
    const request = jsonBody({ name: 'child', ...body }, { 'X-API-Key': key });
    return (await send(`${here.url}/auth/api-keys`, request)).json as {
      id: string;
      api_key: string;
    };
  };
  const follow = async (node: FullServer, key: string) => {
    const stream = await openEvents(`${node.url}/api/v1/events`, { 'X-API-Key': key });
    await stream.next();
    return stream;
  };
  const poll = async (node: FullServer, key: string) => {
    const headers = { 'X-API-Key': key };
    const first = await send(`${node.url}/api/v1/changes`, { headers });
    const { cursor } = first.json as { cursor: string };
    return send(`${node.url}/api/v1/changes?wait=30&cursor=${cursor}`, { headers });
  };
  const timed = async (ends: Promise<unknown>): Promise<number> => {
    const begun = performance.now();
    await ends;
    return performance.now() - begun;
  };

  test('is let go within a second of his key being revoked, on every node', async () => {
    const { key } = await newAccount();
    const child = await childOf(key, {});
    const streams = [await follow(here, child.api_key), await follow(there, child.api_key)];
    const poller = poll(there, child.api_key);
    await send(`${here.url}/auth/api-keys/${child.id}`, {
      method: 'DELETE',
      headers: { 'X-API-Key': key },
    });
    const ends = Promise.all(streams.map((stream) => stream.next()));
    expect(await timed(Promise.all([ends, poller]))).toBeLessThan(allowedMs);
    expect(await ends).toEqual([undefined, undefined]);
    expect((await poller).status).toBe(401);
  });

  test('is let go when his account is suspended, and told so', async () => {
    const { key, userId } = await newAccount();
    const stream = await follow(there, key);
    const poller = poll(there, key);
    const operator = { Authorization: `Bearer ${here.operatorToken}` };
    const body = { status: 'suspended', reason: 'a test' };
    const request = { ...jsonBody(body, operator), method: 'PATCH' };
    expect((await send(`${here.url}/admin/users/${userId}`, request)).status).toBe(200);
    const ends = Promise.all([stream.next(), poller]);
    expect(await timed(ends)).toBeLessThan(allowedMs);
    expect(await poller).toMatchObject({ status: 403, json: { code: 'account_suspended' } });
  });

  test('is let go when his key expires', async () => {
    const { key } = await newAccount();
    const child = await childOf(key, {});
    const stream = await follow(there, child.api_key);
    await db.owner.exec(
      `update api_keys set expires_at = now() - interval '1 second' where id = '${child.id}'`,
    );
    expect(await timed(stream.next())).toBeLessThan(allowedMs);
  });

  test('finds a seat, until all those of his account on the node are taken', async () => {
    const { key } = await newAccount('free');
    const streams = [];
    for (let number = 0; number < 10; number += 1) streams.push(await follow(here, key));
    const oneMore = () =>
      send(`${here.url}/api/v1/events?follow=false`, { headers: { 'X-API-Key': key } });
    const refused = await oneMore();
    expect(refused).toMatchObject({ status: 429, json: { code: 'rate_limited' } });
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(refused.headers.get('retry-after')).toBe('30');
    for (const stream of streams) stream.close();
    let freed = await oneMore();
    while (freed.status === 429) freed = await oneMore();
    expect(freed.status).toBe(200);
  });
});
