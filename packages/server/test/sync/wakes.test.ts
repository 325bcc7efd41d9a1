import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPostgresWakes } from '../../src/app/postgres-wakes.js';
import { type UserId, userId } from '../../src/domain/ids.js';
import { createReadHeads } from '../../src/memory/heads.system.js';
import { HeadPoll } from '../../src/sync/head-poll.js';
import { Waiter } from '../../src/sync/waiter.js';
import { type Wake, WakeBus } from '../../src/sync/wake-bus.js';
import { createBarrier } from '../http/support/barrier.js';
import { jsonBody, send } from '../http/support/exchange.js';
import { type FullServer, startFullServer } from '../http/support/full-server.js';
import { describeEngines, engines, seedUser, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';

const alice = userId('018f0000-0000-7000-8000-00000000000a');
const fail = (error: unknown): never => {
  throw error;
};

describe('wakes', () => {
  test('reach every listener of the tenant and nobody else, until he leaves', () => {
    const bus = new WakeBus({ onError: fail });
    const heard: string[] = [];
    const leave = bus.subscribe(alice, (kind) => heard.push(kind));
    bus.subscribe(userId('018f0000-0000-7000-8000-00000000000b'), () => heard.push('bob'));
    bus.wake(alice);
    bus.wake(alice, 'access');
    leave();
    bus.wake(alice);
    expect(heard).toEqual(['changed', 'access']);
    expect(bus.tenants).toHaveLength(1);
  });

  test('of one moment travel together, each once, and a failure is told and not thrown', async () => {
    const sent: (readonly Wake[])[] = [];
    const failures: unknown[] = [];
    const publish = async (wakes: readonly Wake[]) => {
      sent.push(wakes);
      throw new Error('no connection');
    };
    const bus = new WakeBus({ channel: { publish }, onError: (error) => failures.push(error) });
    for (let number = 0; number < 100; number += 1) bus.wake(alice);
    await bus.flush();
    expect(sent).toEqual([[{ userId: alice, kind: 'changed' }]]);
    expect(failures).toHaveLength(1);
  });

  test('are sent one message after the other: what comes meanwhile travels in the next', async () => {
    const sent: (readonly Wake[])[] = [];
    const [began, answered] = [createBarrier(), createBarrier()];
    const publish = async (wakes: readonly Wake[]) => {
      sent.push(wakes);
      began.open();
      if (sent.length === 1) await answered.opened;
    };
    const bus = new WakeBus({ channel: { publish }, onError: fail });
    bus.wake(alice);
    await began.opened;
    for (let number = 0; number < 100; number += 1)
      bus.wake(alice, number % 2 === 0 ? 'changed' : 'access');
    expect(sent).toHaveLength(1);
    answered.open();
    await bus.flush();
    expect(sent.map((wakes) => wakes.map(({ kind }) => kind))).toEqual([
      ['changed'],
      ['changed', 'access'],
    ]);
    bus.wake(alice);
    await bus.flush();
    expect(sent).toHaveLength(3);
  });
});

describeEngines('a lost wake', (engine) => {
  let db: TestDatabase;
  beforeEach(async () => {
    db = await engine.open();
  });
  afterEach(() => db.close());

  test('is made up for by looking at the heads', async () => {
    const user = await seedUser(db);
    const bus = new WakeBus({ onError: fail });
    const poll = new HeadPoll(bus, createReadHeads({ system: db.system }));
    let woken = 0;
    bus.subscribe(user, () => {
      woken += 1;
    });
    await poll.run();
    await db.owner.exec(
      `insert into memories (user_id, id, doc, content, zone, created_at, last_recalled_at, updated_at)
       values ('${user}', 'm', 0, 'by another program', 2, 0, 0, 0)`,
    );
    await poll.run();
    await poll.run();
    expect(woken).toBe(1);
  });

  test('wakes nobody who has what it would tell', async () => {
    const user = await seedUser(db);
    const bus = new WakeBus({ onError: fail });
    const waiter = new Waiter(bus, user);
    const { signal } = new AbortController();
    bus.deliver({ userId: user, kind: 'changed', head: 7 });
    expect(await waiter.next(7, 1, signal)).toBe('timeout');
    const waiting = waiter.next(7, 60_000, signal);
    bus.deliver({ userId: user, kind: 'changed', head: 7 });
    bus.deliver({ userId: user, kind: 'changed', head: 8 });
    expect(await waiting).toBe('woken');
    // A database that was set back.
    bus.deliver({ userId: user, kind: 'changed', head: 6 });
    expect(await waiter.next(8, 60_000, signal)).toBe('woken');
    bus.deliver({ userId: user, kind: 'changed', head: 8 });
    bus.wake(user);
    expect(await waiter.next(8, 60_000, signal)).toBe('woken');
    waiter.close();
  });
});

describe.skipIf(engines.length === 1)('two nodes on one Postgres', () => {
  verifies('F5');
  let db: TestDatabase;
  const nodes: FullServer[] = [];
  beforeEach(async () => {
    db = await engines.at(-1)!.open();
  });
  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.close();
    await db.close();
  });

  const startNode = async (secret: string, onWake: (wake: Wake) => void = () => undefined) => {
    let ready = async (): Promise<void> => undefined;
    const node = await startFullServer(db, {
      secret,
      openWakes: (deliver) => {
        const wakes = openPostgresWakes(
          db.appUrl!,
          (wake) => {
            deliver(wake);
            onWake(wake);
          },
          fail,
        );
        ready = () => wakes.ready();
        return wakes;
      },
    });
    nodes.push(node);
    await ready();
    return node;
  };

  test('tell each other of changes: a long poll on one is answered by a store on the other', async () => {
    const secret = 'a secret that both nodes share, of 32 bytes';
    const one = await startNode(secret);
    const other = await startNode(secret);
    const { key } = await one.createAccount('mina@example.com');
    const headers = { 'X-API-Key': key };
    const page = await send(`${one.url}/api/v1/changes`, { headers });
    const { cursor } = page.json as { cursor: string };
    const waiting = send(`${one.url}/api/v1/changes?wait=30&cursor=${cursor}`, { headers });
    await send(`${other.url}/api/v1/store`, jsonBody({ content: 'from elsewhere' }, headers));
    expect((await waiting).json).toMatchObject({
      events: [{ ops: [{ op: 'put', memory: { content: 'from elsewhere' } }] }],
    });
  });

  test('pass over a message that is no wake', async () => {
    const heard: UserId[] = [];
    const arrived = createBarrier();
    const wakes = openPostgresWakes(
      db.appUrl!,
      (wake) => {
        heard.push(wake.userId);
        arrived.open();
      },
      fail,
    );
    const sender = openPostgresWakes(db.appUrl!, () => undefined, fail);
    await wakes.ready();
    await db.owner.exec(`select pg_notify('stellar_wakes', 'x,c'';drop table users,cnobody')`);
    await sender.publish([{ kind: 'changed', userId: alice }]);
    await arrived.opened;
    expect(heard).toEqual([alice]);
    await Promise.all([wakes.close(), sender.close()]);
  });
});
