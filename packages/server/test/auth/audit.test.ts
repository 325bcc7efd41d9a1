import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyAudit } from '../../src/auth/verify-audit.system.js';
import { userId as asUserId, type UserId } from '../../src/domain/ids.js';
import { appendAudit } from '../../src/storage/statements/audit-log.js';
import { run } from '../cli/capture.js';
import { jsonBody, send } from '../http/support/exchange.js';
import { type FullServer, startFullServer } from '../http/support/full-server.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { insufficientPrivilege, outcome } from '../support/sql-state.js';

interface Item {
  readonly seq: number;
  readonly action: string;
  readonly actor: string;
  readonly detail: Record<string, unknown>;
}

describeEngines('the audit log', (engine) => {
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

  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  const logOf = async (
    key: string,
    query = '',
  ): Promise<{ items: Item[]; next_before: number | null }> => {
    const answer = await send(`${server.url}/auth/audit${query}`, { headers: bearer(key) });
    expect(answer.status).toBe(200);
    return answer.json as { items: Item[]; next_before: number | null };
  };
  const broken = async (only?: UserId): Promise<(readonly [string, number])[]> => {
    const found: [string, number][] = [];
    await verifyAudit(db.system, only, ({ userId, brokenAt }) => found.push([userId, brokenAt]));
    return found;
  };
  const tenEntries = async (): Promise<UserId> => {
    const user = await seedUser(db);
    for (let n = 1; n <= 10; n += 1)
      await db.tenants.withTenant(user, (tx) =>
        appendAudit(tx, { action: 'key.created', actor: 'owner', detail: { n } }),
      );
    return user;
  };

  test('tells of keys, operators and exports, who and what, and no secret', async () => {
    const { key, userId } = await server.createAccount('log@example.com');
    const made = await send(
      `${server.url}/auth/api-keys`,
      jsonBody({ name: 'second' }, bearer(key)),
    );
    const second = made.json as { id: string; api_key: string };
    const rotated = await send(
      `${server.url}/auth/api-keys/${second.id}/rotate`,
      jsonBody({ overlap_seconds: 0 }, bearer(key)),
    );
    const third = rotated.json as { id: string; api_key: string };
    await send(`${server.url}/auth/api-keys/${third.id}`, {
      method: 'DELETE',
      headers: bearer(key),
    });
    await send(`${server.url}/api/v1/store`, jsonBody({ content: 'secret thoughts' }, bearer(key)));
    await send(`${server.url}/api/v1/export`, { headers: bearer(key) });
    await send(`${server.url}/admin/users/${userId}`, {
      ...jsonBody({ tier: 'pro', reason: 'a gift' }, bearer(server.operatorToken)),
      method: 'PATCH',
    });
    const { items } = await logOf(key);
    const actor = expect.stringMatching(/^key:[0-9a-f-]{36}$/) as unknown;
    expect(items.map(({ seq, action, actor: who }) => ({ seq, action, actor: who }))).toEqual([
      { seq: 6, action: 'user.tier', actor: 'operator' },
      { seq: 5, action: 'memories.exported', actor },
      { seq: 4, action: 'key.revoked', actor },
      { seq: 3, action: 'key.rotated', actor },
      { seq: 2, action: 'key.created', actor },
      { seq: 1, action: 'account.created', actor: 'operator' },
    ]);
    expect(items[0]?.detail).toEqual({
      change: { before: 'promax', after: 'pro' },
      reason: 'a gift',
    });
    expect(items[3]?.detail).toMatchObject({ key: third.id, replaces: second.id });
    const text = JSON.stringify(items);
    for (const secret of [key, second.api_key, third.api_key, 'secret thoughts', 'log@example.com'])
      expect(text).not.toContain(secret);
    const first = await logOf(key, '?limit=4');
    const rest = await logOf(key, `?limit=4&before=${first.next_before}`);
    expect([...first.items, ...rest.items]).toEqual(items);
    expect(rest.next_before).toBeNull();
  });

  test('is only the account’s own, and only for a key that administers', async () => {
    const { key } = await server.createAccount('own@example.com');
    expect((await logOf(key)).items).toHaveLength(1);
    const made = await send(
      `${server.url}/auth/api-keys`,
      jsonBody({ scopes: ['read', 'write'] }, bearer(key)),
    );
    const { api_key: plain } = made.json as { api_key: string };
    const refused = await send(`${server.url}/auth/audit`, { headers: bearer(plain) });
    expect(refused.status).toBe(403);
  });

  test('is undone with what it records', async () => {
    const user = await seedUser(db);
    const work = db.tenants.withTenant(user, async (tx) => {
      await appendAudit(tx, { action: 'key.created', actor: 'owner', detail: {} });
      throw new Error('not after all');
    });
    await expect(work).rejects.toThrow('not after all');
    expect(await db.owner.query('select 1 from audit_log where user_id = $1', [user])).toEqual([]);
  });

  test('stays one chain when many append at once', async () => {
    const user = await seedUser(db);
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        db.tenants.withTenant(user, (tx) =>
          appendAudit(tx.ending, { action: 'key.created', actor: 'owner', detail: { n } }),
        ),
      ),
    );
    const rows = await db.owner.query<{ seq: number }>(
      'select seq::int as seq from audit_log where user_id = $1 order by seq',
      [user],
    );
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
    expect(await broken(user)).toEqual([]);
  });

  test.each([
    ['a changed detail', `update audit_log set detail = '{"n": 99}' where seq = 4`, 4],
    ['a changed actor', `update audit_log set actor = 'operator' where seq = 7`, 7],
    [
      'a moment put back',
      `update audit_log set at = at - interval '1 microsecond' where seq = 2`,
      2,
    ],
    ['a row taken from the middle', 'delete from audit_log where seq = 5', 6],
    ['the first row taken away', 'delete from audit_log where seq = 1', 2],
    ['the last rows taken away', 'delete from audit_log where seq > 8', 9],
    ['all rows taken away', 'delete from audit_log where true', 1],
    [
      'a row written anew, with a hash that fits it',
      `update audit_log a set detail = '{"n": 0}',
              hash = audit_hash(previous, user_id, seq, at, action, actor, '{"n": 0}') where seq = 3`,
      4,
    ],
    [
      'the last row written anew, with a hash that fits it',
      `update audit_log a set detail = '{"n": 0}',
              hash = audit_hash(previous, user_id, seq, at, action, actor, '{"n": 0}') where seq = 10`,
      10,
    ],
  ])('gives away %s', async (_name, tampering, brokenAt) => {
    const [user, other] = [await tenEntries(), await tenEntries()];
    expect(await broken(user)).toEqual([]);
    await db.owner.exec(`${tampering} and user_id = '${user}'`);
    expect(await broken(user)).toEqual([[user, brokenAt]]);
    expect(await broken(other)).toEqual([]);
    expect(await broken()).toContainEqual([user, brokenAt]);
    await db.owner.exec(
      `delete from audit_log where user_id = '${user}'; delete from audit_heads where user_id = '${user}'`,
    );
  });

  test('cannot be changed by the app role, whatever it sends', async () => {
    const user = await tenEntries();
    for (const text of [
      `update audit_log set detail = '{}'`,
      'delete from audit_log',
      'delete from audit_heads',
      'truncate audit_log',
    ])
      expect(await outcome(db.asApp(text, user))).toBe(insufficientPrivilege);
    expect(await db.asApp('select seq from audit_log', user)).toHaveLength(10);
    expect(await db.asApp('select seq from audit_log', await seedUser(db))).toHaveLength(0);
  });

  test('is verified on the command line', async () => {
    const { key, userId } = await server.createAccount('verify@example.com');
    const verify = () => run(['audit', 'verify', '--url', server.url], { STELLAR_API_KEY: key });
    expect((await verify()).out).toMatch(/^1 rows are as they were written\. Head [0-9a-f]{64}\.$/);
    await db.owner.exec(`update audit_log set actor = 'owner' where user_id = '${userId}'`);
    const found = await verify();
    expect([found.exitCode, found.err]).toEqual([1, expect.stringContaining('row 1') as unknown]);
    await db.owner.exec(
      `update audit_log set actor = 'operator' where user_id = '${asUserId(userId)}'`,
    );
    expect((await verify()).exitCode).toBe(0);
    const list = await run(['audit', 'list', '--url', server.url], { STELLAR_API_KEY: key });
    expect(list.out).toContain('account.created');
  });
});
