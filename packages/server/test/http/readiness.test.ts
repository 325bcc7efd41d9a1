import { describe, expect, test } from 'vitest';
import { HealthProbe } from '../../src/http/readiness.js';
import { send } from './support/exchange.js';
import { startServer } from './support/test-server.js';

const probeOf = (problems: () => Promise<readonly string[]>) => {
  let nowMs = 0;
  let asked = 0;
  const readiness = {
    problems: () => {
      asked += 1;
      return problems();
    },
  };
  const probe = new HealthProbe(readiness, { nowMs: () => nowMs });
  return { probe, asked: () => asked, pass: (ms: number) => (nowMs += ms) };
};

describe('Health', () => {
  test('is asked of the database once a second at most, however many ask', async () => {
    const { probe, asked, pass } = probeOf(async () => []);
    await Promise.all(Array.from({ length: 50 }, () => probe.problems()));
    await probe.problems();
    expect(asked()).toBe(1);
    pass(1_000);
    await probe.problems();
    expect(asked()).toBe(2);
  });

  test('is asked again when the clock was set back', async () => {
    const { probe, asked, pass } = probeOf(async () => []);
    await probe.problems();
    pass(-86_400_000);
    await probe.problems();
    expect(asked()).toBe(2);
  });

  test('fails after 500 ms of a database that hangs, which is not asked a second time meanwhile', async () => {
    const { probe, asked, pass } = probeOf(() => new Promise(() => {}));
    const startedMs = performance.now();
    expect(await probe.problems()).toEqual(['The database did not answer within 500 ms.']);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    pass(1_000);
    await probe.problems();
    expect(asked()).toBe(1);
  });

  test('is bad, in no words of the driver, when the check rejects', async () => {
    const { probe } = probeOf(() => Promise.reject(new Error('password of db.internal')));
    expect(await probe.problems()).toEqual(['The database cannot be reached.']);
  });
});

describe('A server whose database is away', () => {
  test('is alive, not ready, and says that it is not healthy, without counts', async () => {
    const server = await startServer({
      readiness: { problems: async () => ['The schema is older than this version.'] },
    });
    const [live, ready, health] = await Promise.all(
      ['/livez', '/readyz', '/api/v1/health'].map((path) => send(`${server.url}${path}`)),
    );
    await server.close();
    expect([live?.status, live?.json]).toEqual([200, { alive: true }]);
    expect([ready?.status, ready?.json]).toMatchObject([503, { code: 'unavailable' }]);
    expect(ready?.headers.get('retry-after')).toBe('1');
    expect([health?.status, health?.json]).toEqual([
      200,
      { healthy: false, warnings: ['The schema is older than this version.'] },
    ]);
  });
});
