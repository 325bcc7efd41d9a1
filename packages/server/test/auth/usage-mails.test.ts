import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Mail } from '../../src/auth/mailer.js';
import { createUsageMails } from '../../src/auth/usage-mails.system.js';
import type { UserId } from '../../src/domain/ids.js';
import { UsageWarnings } from '../../src/memory/usage-warnings.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';

describeEngines('mails about usage', (engine) => {
  let db: TestDatabase;
  const sent: Mail[] = [];
  const errors: unknown[] = [];
  /** What the mail server does with the next mails. */
  let take: () => Promise<void> = () => Promise.resolve();
  const clock = { now: 0, nowMs: () => clock.now };

  beforeAll(async () => {
    db = await engine.open();
  });
  beforeEach(() => {
    // Warnings are recorded at the database's time, which goes on while a test runs.
    clock.now = Date.now() + 3_600_000;
    sent.length = 0;
    errors.length = 0;
    take = () => Promise.resolve();
  });
  afterAll(() => db.close());

  const node = () =>
    createUsageMails({
      system: db.system,
      clock,
      upgradeUrl: 'https://memory.example.com/pricing',
      mailer: {
        async send(mail) {
          await take();
          sent.push(mail);
        },
      },
      onError: (error) => errors.push(error),
    });

  async function use(user: UserId, used: number, limit = 1_000): Promise<void> {
    const warnings = new UsageWarnings({
      tenants: db.tenants,
      onWarning: () => undefined,
      onError: (error) => {
        throw error;
      },
    });
    warnings.noteResource(user, 'memories', { used, limit });
    await warnings.flush();
  }

  test('go out at 80, 95 and 100 percent, once each, whichever node looks', async () => {
    const user = await seedUser(db);
    const [one, two] = [node(), node()];
    for (const used of [800, 801, 950, 1_000, 1_000]) {
      await use(user, used);
      await Promise.all([one.round(), two.round(), one.round()]);
    }
    expect(sent.map(({ subject }) => subject)).toEqual([
      '80 % of your memories are in use – Stellar Memory',
      '95 % of your memories are in use – Stellar Memory',
      '100 % of your memories are in use – Stellar Memory',
    ]);
    const [row] = await db.owner.query<{ email: string }>(
      'select email from users where id = $1::uuid',
      [user],
    );
    expect(new Set(sent.map(({ to }) => to))).toEqual(new Set([row!.email]));
    expect(sent[0]!.text).toContain('https://memory.example.com/pricing');
    clock.now += 8 * 3_600_000;
    await one.round();
    expect(sent).toHaveLength(3);
  });

  test('of a jump over several thresholds tell the highest', async () => {
    await use(await seedUser(db), 1_000);
    await node().round();
    expect(sent.map(({ subject }) => subject)).toEqual([
      '100 % of your memories are in use – Stellar Memory',
    ]);
  });

  test('wait for a mail server that is away, and none is lost or sent twice', async () => {
    const users = await Promise.all([1, 2, 3].map(() => seedUser(db)));
    for (const user of users) await use(user, 900);
    take = () => Promise.reject(new Error('450 try later'));
    for (let n = 0; n < 5; n += 1) await node().round();
    expect(sent).toEqual([]);
    // Each was tried once and rests now.
    expect(errors).toHaveLength(3);
    clock.now += 119_000;
    await node().round();
    expect(errors).toHaveLength(3);
    take = () => Promise.resolve();
    clock.now += 1_000;
    await Promise.all([node().round(), node().round()]);
    expect(new Set(sent.map(({ to }) => to)).size).toBe(3);
    expect(sent).toHaveLength(3);
  });

  test('of a node that falls while it sends are sent by another', async () => {
    await use(await seedUser(db), 900);
    let fall = (): void => undefined;
    const reached = new Promise<void>((resolve) => {
      take = () => {
        resolve();
        return new Promise((_, reject) => {
          fall = () => reject(new Error('the node is gone'));
        });
      };
    });
    const falling = node().round();
    await reached;
    take = () => Promise.resolve();
    await node().round();
    expect(sent).toEqual([]);
    clock.now += 120_000;
    await node().round();
    expect(sent).toHaveLength(1);
    fall();
    await falling;
  });

  test('that could not be sent for a week are no news any more', async () => {
    await use(await seedUser(db), 900);
    clock.now += 7 * 86_400_000 + 1_000;
    await node().round();
    expect(sent).toEqual([]);
  });
});
