import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FullServer, startFullServer } from '../http/support/full-server.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { run } from './capture.js';

describeEngines('the command user', (engine) => {
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

  const user = (...args: string[]) =>
    run(['user', ...args, '--url', server.url], { STELLAR_ADMIN_TOKEN: server.operatorToken });

  test('erases an account for a reason, and gives it back', async () => {
    const { userId } = await server.createAccount('letter@example.com', 'pro');
    expect((await user('erase', userId)).err).toContain('--reason');
    const erased = await user('erase', userId, '--reason', 'asked for it by letter');
    expect(erased).toMatchObject({ exitCode: 0 });
    expect(erased.out).toContain(`stellar-memory user restore ${userId}`);
    expect((await user('erasures')).out).toContain(`${userId}  is erased at `);
    expect((await user('resume', userId)).err).toContain('can only be restored');
    const back = await user('restore', userId, '--reason', 'took it back');
    expect(back).toMatchObject({ exitCode: 0, out: 'letter@example.com is active.' });
    expect((await user('show', userId)).out).toMatch(/erasure\.undone .* took it back/);
    expect((await user('erasures')).out).not.toContain(userId);
  });
});
