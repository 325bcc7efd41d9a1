import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createBarrier } from './support/barrier.js';
import { send } from './support/exchange.js';
import { MemoriesInMemory } from './support/fake-services.js';
import { aliceKey, startServer } from './support/test-server.js';

/** A server whose stats wait until they are let go. */
async function startSlowServer(config: { drainTimeoutMs?: number; drainDelayMs?: number } = {}) {
  const entered = createBarrier();
  const release = createBarrier();
  const memories = new MemoriesInMemory();
  const stats = memories.stats.bind(memories);
  memories.stats = async (user) => {
    entered.open();
    await release.opened;
    return stats(user);
  };
  const server = await startServer({ memories, config });
  const askStats = () => send(`${server.url}/api/v1/stats`, { headers: { 'X-API-Key': aliceKey } });
  return { server, askStats, entered: entered.opened, release: release.open };
}

const isRefused = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', () => resolve(true));
  });

describe('Draining', () => {
  test('answers what runs, tells the client to close, and accepts nothing new', async () => {
    const { server, askStats, entered, release } = await startSlowServer();
    const running = askStats();
    await entered;
    const closed = server.close();
    expect(await isRefused(server.port)).toBe(true);
    release();
    const answer = await running;
    expect(answer.status).toBe(200);
    expect(answer.headers.get('connection')).toBe('close');
    await closed;
  });

  test('says 503 at /readyz and serves the rest until balancers have had time to notice', async () => {
    const { server, askStats, entered, release } = await startSlowServer({ drainDelayMs: 300 });
    release();
    const closed = server.close();
    const [ready, live, stats] = await Promise.all([
      send(`${server.url}/readyz`),
      send(`${server.url}/livez`),
      askStats(),
    ]);
    await entered;
    expect([ready.status, live.status, stats.status]).toEqual([503, 200, 200]);
    expect(ready.json).toMatchObject({ code: 'unavailable' });
    for (const { headers } of [ready, live, stats]) expect(headers.get('connection')).toBe('close');
    await closed;
    expect(await isRefused(server.port)).toBe(true);
  });

  test('does not wait for idle connections', async () => {
    const server = await startServer();
    const agent = new Agent({ keepAlive: true });
    await new Promise<void>((resolve, reject) => {
      get(`${server.url}/livez`, { agent }, (response: IncomingMessage) => {
        response.resume().on('end', resolve);
      }).on('error', reject);
    });
    // It would take 72 s for the connection to end by itself.
    const startedMs = performance.now();
    await server.close();
    agent.destroy();
    expect(performance.now() - startedMs).toBeLessThan(15_000);
  });

  test('gives up on a request that never ends after its time', async () => {
    const { server, askStats, entered, release } = await startSlowServer({ drainTimeoutMs: 200 });
    const running = askStats().then(
      () => 'answered',
      () => 'cut',
    );
    await entered;
    await server.close();
    expect(await running).toBe('cut');
    release();
  });

  test('happens once, however often it is asked for', async () => {
    const server = await startServer();
    await Promise.all([server.close(), server.close(), server.close()]);
    expect(await isRefused(server.port)).toBe(true);
  });
});
