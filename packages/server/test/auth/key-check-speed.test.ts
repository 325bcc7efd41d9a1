import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAdminService } from '../../src/auth/admin-service.system.js';
import { createAuthenticator } from '../../src/auth/key-authenticator.system.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';

const secret = 'a secret of the test, longer than 32 bytes';

/** Median of so many runs in milliseconds. */
async function medianMs(runs: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const startedMs = performance.now();
    await work();
    times.push(performance.now() - startedMs);
  }
  return times.sort((a, b) => a - b)[runs >> 1]!;
}

describeEngines('checking a key', (engine) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await engine.open();
  });
  afterAll(() => db.close());

  // The bounds are ten times what the design asks of a quiet machine; the line that is printed shows the figures.
  test('takes microseconds from the cache and one round trip from the database', async () => {
    const { system } = db;
    const clock = { now: Date.now(), nowMs: () => clock.now };
    const authenticator = createAuthenticator({ system, secret, clock });
    const admin = createAdminService({ system, secret, clock });
    const { api_key } = await admin.createUser({
      email: `${randomUUID()}@example.com`,
      tier: 'pro',
    });
    const check = () => authenticator.authenticate(api_key);
    const cold = await medianMs(300, () => {
      clock.now += 1_000;
      return check();
    });
    const cached = await medianMs(3_000, check);
    const shown = (ms: number) => `${ms.toFixed(4)} ms`;
    process.stderr.write(
      `key check, ${engine.name}, p50: ${shown(cached)} cached, ${shown(cold)} from the database\n`,
    );
    expect(cached).toBeLessThan(1);
    expect(cold).toBeLessThan(10);
  });
});
