import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { UserId } from '../../src/domain/ids.js';
import { FairTurns, mostWaiting, startsPerTurn } from '../../src/http/fair-turns.js';
import { send } from './support/exchange.js';
import { alice, bob } from './support/fake-services.js';
import { aliceKey, bobKey, startServer, type TestServer } from './support/test-server.js';

const clock = { now: 1_000_000, nowMs: () => clock.now };
const carol = '00000000-0000-4000-8000-0000000000ca' as UserId;

/** Turns in which the other tenants are in the node as well. */
async function sharedTurns(): Promise<FairTurns> {
  const turns = new FairTurns(clock);
  await turns.take(carol);
  await turns.take(bob);
  return turns;
}

const metric = (turns: FairTurns, name: string): string | undefined =>
  turns.metrics().find((line) => line.startsWith(`stellar_turns_${name} `));

describe('Turns', () => {
  test('hold nobody who is alone in the node', async () => {
    const turns = new FairTurns(clock);
    const begun: number[] = [];
    for (let n = 0; n < 3 * mostWaiting; n += 1) void turns.take(alice).then(() => begun.push(n));
    // Microtasks only: the event loop has not turned.
    await Promise.resolve();
    await Promise.resolve();
    expect(begun).toHaveLength(3 * mostWaiting);
  });

  test('put the requests of one tenant beside those of others, not before them', async () => {
    const turns = await sharedTurns();
    const begun: string[] = [];
    for (let n = 0; n < 5 * startsPerTurn; n += 1)
      void turns.take(alice).then(() => begun.push(`alice ${n}`));
    void turns.take(bob).then(() => begun.push('bob'));
    void turns.take(carol).then(() => begun.push('carol'));
    await nextTurn();
    const first = [...Array(startsPerTurn).keys()].map((n) => `alice ${n}`);
    expect(begun).toEqual([...first, 'bob', 'carol']);
    for (let turn = 2; turn <= 5; turn += 1) {
      await nextTurn();
      expect(begun).toHaveLength(turn * startsPerTurn + 2);
    }
    expect(begun.filter((who) => who.startsWith('alice'))).toEqual(
      [...Array(5 * startsPerTurn).keys()].map((n) => `alice ${n}`),
    );
    expect(metric(turns, 'waiting')).toBe('stellar_turns_waiting 0');
    expect(metric(turns, 'held_total')).toBe(`stellar_turns_held_total ${4 * startsPerTurn}`);
  });

  test('let a newcomer begin in the next turn, however many of another wait', async () => {
    const turns = await sharedTurns();
    let begun = 0;
    for (let n = 0; n < mostWaiting; n += 1) void turns.take(alice).then(() => (begun += 1));
    await nextTurn();
    await turns.take(bob);
    expect(begun).toBeLessThanOrEqual(2 * startsPerTurn);
  });

  test('refuse what a tenant piles up beyond the bound, and nothing of anybody else', async () => {
    const turns = await sharedTurns();
    const taken = Array.from({ length: mostWaiting }, () => turns.take(alice));
    await expect(turns.take(alice)).rejects.toMatchObject({
      code: 'rate_limited',
      details: { retryAfterSeconds: 1 },
    });
    await turns.take(bob);
    await Promise.all(taken);
    await turns.take(alice);
    expect(metric(turns, 'refused_total')).toBe('stellar_turns_refused_total 1');
  });

  test('hold nobody again once the others have been away for a second', async () => {
    const turns = await sharedTurns();
    clock.now += 1_000;
    await turns.take(alice);
    clock.now += 1_000;
    const begun: number[] = [];
    for (let n = 0; n < 10 * startsPerTurn; n += 1)
      void turns.take(alice).then(() => begun.push(n));
    await Promise.resolve();
    await Promise.resolve();
    expect(begun).toHaveLength(10 * startsPerTurn);
  });
});

describe('A server', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  const ask = (key: string, signal?: AbortSignal) =>
    send(`${server.url}/api/v1/stats`, {
      headers: { 'X-API-Key': key },
      ...(signal === undefined ? {} : { signal }),
    });

  test('keeps no place for who has gone before his turn', async () => {
    await ask(bobKey);
    const leaving = new AbortController();
    const gone = Array.from({ length: 40 }, () => ask(aliceKey, leaving.signal));
    const left = Promise.allSettled(gone);
    const stayed = ask(aliceKey);
    leaving.abort();
    await left;
    expect((await stayed).status).toBe(200);
    expect((await ask(bobKey)).status).toBe(200);
    expect((await ask(aliceKey)).status).toBe(200);
    await vi.waitFor(
      async () => {
        const { text } = await send(`${server.url}/metrics`);
        expect(text).toContain('stellar_turns_waiting 0');
      },
      { timeout: 10_000 },
    );
  });
});
