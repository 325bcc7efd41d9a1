import type { ChangeEvent, ListResponse, Memory, ServerFrame } from '@stellar-memory/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonBody, send } from '../http/support/exchange.js';
import { type FullServer, startFullServer } from '../http/support/full-server.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';
import { openEvents } from './event-reader.js';
import { Replica } from './replica.js';
import { connectSocket } from './socket-client.js';

/** One of the ways in which changes travel: brings a replica from its cursor to where the feed stands, and leaves. */
type CatchUp = (url: string, key: string, place: Place) => Promise<void>;

/** A replica and how far it is. */
interface Place {
  readonly replica: Replica;
  cursor: string | undefined;
}

interface Page {
  readonly mode: 'delta' | 'snapshot' | 'reset';
  readonly cursor: string;
  readonly events: ChangeEvent[];
  readonly memories: Memory[];
  readonly more: boolean;
}

const longPoll: CatchUp = async (url, key, place) => {
  for (let more = true; more; ) {
    const cursor = place.cursor === undefined ? '' : `&cursor=${place.cursor}`;
    const answer = await send(`${url}/api/v1/changes?limit=3${cursor}`, {
      headers: { 'X-API-Key': key },
    });
    const page = answer.json as Page;
    place.replica.apply(page);
    ({ cursor: place.cursor, more } = page);
  }
};

const serverSentEvents: CatchUp = async (url, key, place) => {
  const headers = {
    'X-API-Key': key,
    ...(place.cursor === undefined ? {} : { 'Last-Event-ID': place.cursor }),
  };
  const reader = await openEvents(`${url}/api/v1/events?follow=false`, headers);
  for (let event = await reader.next(); event !== undefined; event = await reader.next()) {
    if (event.event === 'change') place.replica.applyEvent(event.data as ChangeEvent);
    else if (event.event !== 'heartbeat')
      place.replica.apply({
        ...(event.data as Page),
        mode: event.event as Page['mode'],
        cursor: event.id,
        events: [],
      });
    place.cursor = event.id;
  }
  reader.close();
};

const webSocket: CatchUp = async (url, key, place) => {
  const client = await connectSocket(url, { headers: { 'X-API-Key': key } });
  client.send({ t: 'hello', agent: 'replica', cursor: place.cursor ?? null });
  await client.next('welcome');
  const { seq, digest } = await client.next('sync', (frame) => takeFrame(frame, place));
  expect(place.cursor?.split('.').slice(1)).toEqual([`${seq}`, digest]);
  client.close();
  await client.closed;
};

function takeFrame(frame: ServerFrame, place: Place): void {
  if (frame.t === 'ev') place.replica.applyEvent(frame);
  else if (frame.t === 'snapshot')
    place.replica.apply({ ...frame, mode: frame.first ? 'reset' : 'snapshot', events: [] });
  else return;
  place.cursor = frame.cursor;
}

/** What happens in a case: a write, or the replica coming by for what it has missed. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant('store' as const) },
  { weight: 1, arbitrary: fc.constant('batch' as const) },
  { weight: 2, arbitrary: fc.constant('edit' as const) },
  { weight: 1, arbitrary: fc.constant('mutate' as const) },
  { weight: 2, arbitrary: fc.constant('forget' as const) },
  { weight: 2, arbitrary: fc.constant('catch up' as const) },
);
type Step = 'store' | 'batch' | 'edit' | 'mutate' | 'forget' | 'catch up';
const casesAWay = 50;
const histories = fc.sample(fc.array(step, { minLength: 3, maxLength: 14 }), {
  numRuns: casesAWay,
  seed: 20_261_124,
});

describeEngines('the protocol, whichever way it travels,', (engine) => {
  verifies('F5', 'FR-09');
  let db: TestDatabase;
  let server: FullServer;
  let accounts = 0;
  beforeAll(async () => {
    db = await engine.open();
    server = await startFullServer(db);
  });
  afterAll(async () => {
    await server.close();
    await db.close();
  });

  const ways = { webSocket, serverSentEvents, longPoll };
  const cases = Object.entries(ways).flatMap(([way, catchUp]) =>
    histories.map((steps, number) => ({ way, number, steps, catchUp })),
  );

  test.each(cases)('brings a replica to what is there: $way, history $number', async (given) => {
    accounts += 1;
    const { key } = await server.createAccount(`conformance-${accounts}@example.com`);
    const { key: neighbour } = await server.createAccount(`neighbour-${accounts}@example.com`);
    const place: Place = { replica: new Replica(), cursor: undefined };
    const write = writerOf(server.url, key);
    let written = 0;
    for (const [number, what] of given.steps.entries()) {
      if (what === 'catch up') {
        await given.catchUp(server.url, key, place);
        expect(place.replica.head).toBe(written);
      } else written = (await write(what, number)) ?? written;
    }
    await writerOf(server.url, neighbour)('store', 0);
    await given.catchUp(server.url, key, place);
    expect(place.replica.head).toBe(written);
    const there = await listed(server.url, key);
    expect(place.replica.ids).toEqual(there.map(({ id }) => id).toSorted());
    for (const { id, content } of there) expect(place.replica.contentOf(id)).toBe(content);
    expect(place.replica.resets).toBeLessThanOrEqual(1);
  });
});

/** Writes by one of the ways that HTTP has; answers the change that it became, or nothing when there was nothing to do. */
type Write = (what: Exclude<Step, 'catch up'>, number: number) => Promise<number | undefined>;

/** What it edits and forgets are memories that exist. */
function writerOf(url: string, key: string): Write {
  const headers = { 'X-API-Key': key };
  const ids: string[] = [];
  const ask = async (method: string, path: string, body?: object) => {
    const request = body === undefined ? { headers } : jsonBody(body, headers);
    const answer = await send(`${url}${path}`, { ...request, method });
    return { json: answer.json, seq: Number(answer.headers.get('x-sync-seq')) };
  };
  return async (what, number) => {
    const content = `note ${number} of ${key.slice(-4)}`;
    if (what === 'store') {
      const { json, seq } = await ask('POST', '/api/v1/store', { content });
      ids.push((json as { id: string }).id);
      return seq;
    }
    if (what === 'batch') {
      const memories = [{ content }, { content: `${content}, again` }];
      const { json, seq } = await ask('POST', '/api/v1/store/batch', { memories });
      ids.push(...(json as { items: { id: string }[] }).items.map(({ id }) => id));
      return seq;
    }
    const id = ids[number % Math.max(1, ids.length)];
    if (id === undefined) return undefined;
    if (what === 'edit')
      return (await ask('PATCH', `/api/v1/memories/${id}`, { content: `${content}, edited` })).seq;
    if (what === 'mutate') {
      const ops = [{ op: 'edit', id, set: { content: `${content}, merged` } }];
      const mutations = [{ mid: `mutation-${number}`, hlc: `${Date.now()}.0`, ops }];
      return (await ask('POST', '/api/v1/mutations', { mutations })).seq;
    }
    ids.splice(ids.indexOf(id), 1);
    return (await ask('DELETE', `/api/v1/forget/${id}`)).seq;
  };
}

async function listed(url: string, key: string): Promise<Memory[]> {
  const answer = await send(`${url}/api/v1/memories?limit=100`, { headers: { 'X-API-Key': key } });
  return (answer.json as ListResponse).items;
}
