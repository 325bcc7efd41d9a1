import { afterAll, beforeAll, expect, test } from 'vitest';
import { RateLimits } from '../../src/auth/rate-limits.js';
import { createRateSharing } from '../../src/auth/rate-sharing.system.js';
import { apiKeyId, type UserId } from '../../src/domain/ids.js';
import { createSystemDoor } from '../../src/storage/system-door.system.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';

describeEngines('limits of two nodes', (engine) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await engine.open();
  });
  afterAll(() => db.close());

  /** A node whose clock is wrong by so much: what nodes tell each other must not depend on it. */
  function node(clockErrorMs: number) {
    const clock = { now: 1_000_000 + clockErrorMs, nowMs: () => clock.now };
    const limits = new RateLimits(clock);
    const share = createRateSharing(limits, db.system);
    const passing = (userId: UserId, requests: number): number => {
      const caller = { userId, apiKeyId: apiKeyId(userId), tier: 'pro' as const };
      let passed = 0;
      for (let n = 0; n < requests; n += 1)
        if (limits.ofCaller(caller, 1)?.allowed === true) passed += 1;
      return passed;
    };
    return { clock, limits, share, passing };
  }

  test('become one: what one node admitted the other does not admit again', async () => {
    const user = await seedUser(db, { tier: 'pro' });
    const [one, two] = [node(0), node(86_400_000)];
    expect(one.passing(user, 200)).toBe(200);
    expect(two.passing(user, 40)).toBe(40);
    await one.share();
    await two.share();
    const left = two.passing(user, 1_000);
    // 300 − 240, and what the database's clock gave back meanwhile: 5 a second.
    expect(left).toBeGreaterThanOrEqual(60);
    expect(left).toBeLessThan(90);
  });

  test('a storm on both is held to the limit once they have spoken: a minute admits one limit more than one node would', async () => {
    const user = await seedUser(db, { tier: 'pro' });
    const nodes = [node(0), node(5_000)];
    let admitted = 0;
    for (const each of nodes) admitted += each.passing(user, 1_000);
    expect(admitted).toBe(600);
    for (const each of nodes) await each.share();
    for (let second = 0; second < 55; second += 1)
      for (const each of nodes) {
        each.clock.now += 1_000;
        admitted += each.passing(user, 1_000);
        await each.share();
      }
    // Two nodes that never spoke would have admitted 600 and 275 more each.
    expect(admitted).toBeLessThan(600 + 275);
  });

  test('what could not be told is told later', async () => {
    const user = await seedUser(db, { tier: 'pro' });
    const lost = await engine.open();
    await lost.close();
    const one = node(0);
    one.passing(user, 100);
    const mute = createRateSharing(one.limits, createSystemDoor(lost.database));
    await expect(mute()).rejects.toMatchObject({ code: 'unavailable' });
    await one.share();
    const two = node(0);
    two.passing(user, 30);
    await two.share();
    const left = two.passing(user, 1_000);
    expect(left).toBeGreaterThanOrEqual(170);
    expect(left).toBeLessThan(200);
  });
});
