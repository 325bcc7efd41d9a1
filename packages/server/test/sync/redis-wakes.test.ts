import { createClient } from '@redis/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RemoteWakes } from '../../src/app/engine.js';
import { redisWakes } from '../../src/app/redis-wakes.js';
import { userId } from '../../src/domain/ids.js';
import type { Wake } from '../../src/sync/wake-bus.js';
import { createBarrier } from '../http/support/barrier.js';
import { jsonBody, send } from '../http/support/exchange.js';
import { type FullServer, startFullServer } from '../http/support/full-server.js';
import { engines } from '../support/engines.js';
import { hasRedis, TestRedis } from '../support/redis-server.js';
import { verifies } from '../support/verifies.js';

const alice: Wake = {
  kind: 'access',
  userId: userId('018f0000-0000-7000-8000-00000000000a'),
};
const fail = (error: unknown): never => {
  throw error;
};

describe.skipIf(!hasRedis())('wakes over Redis', () => {
  verifies('F5');
  let redis: TestRedis;
  const open: RemoteWakes[] = [];
  beforeEach(async () => {
    redis = await TestRedis.start();
  });
  afterEach(async () => {
    for (const wakes of open.splice(0)) await wakes.close();
    await redis.kill();
  });

  const openNode = async (
    onWake: (wake: Wake) => void,
    onError: (error: unknown) => void = fail,
  ) => {
    const wakes = (await redisWakes(redis.url))(onWake, onError);
    open.push(wakes);
    await wakes.ready();
    return wakes;
  };

  test('reach the other nodes and not the sender; what is no wake is passed over', async () => {
    const arrived = createBarrier();
    const heard: Wake[] = [];
    await openNode((wake) => {
      heard.push(wake);
      arrived.open();
    });
    const sender = await openNode(() => fail(new Error('heard itself')));
    const stranger = createClient({ url: redis.url });
    await stranger.connect();
    await stranger.publish('stellar_wakes', 'x,cnobody,,c../../');
    stranger.destroy();
    await sender.publish([alice]);
    await arrived.opened;
    expect(heard).toEqual([alice]);
  });

  test('go on after Redis was killed; what was sent meanwhile is said to be lost', async () => {
    const heard: Wake[] = [];
    const [lost, lostToo] = [createBarrier(), createBarrier()];
    await openNode((wake) => heard.push(wake), lost.open);
    const sender = await openNode(() => undefined, lostToo.open);
    await redis.kill();
    await Promise.all([lost.opened, lostToo.opened]);
    await expect(sender.publish([alice])).rejects.toThrow('offline');
    await redis.start();
    // Each of the two connects again in its own time: until both have, nobody hears.
    const say = async (): Promise<number> => {
      await sender.publish([alice]).catch(() => undefined);
      return heard.length;
    };
    await expect.poll(say).toBeGreaterThan(0);
  });
});

describe.skipIf(!hasRedis() || engines.length === 1)(
  'two nodes on one Postgres, with Redis',
  () => {
    verifies('F5');

    test('tell each other of changes: a long poll on one is answered by a store on the other', async () => {
      const db = await engines.at(-1)!.open();
      const redis = await TestRedis.start();
      const openRedis = await redisWakes(redis.url);
      const nodes: FullServer[] = [];
      const startNode = async (): Promise<FullServer> => {
        let ready = async (): Promise<void> => undefined;
        const node = await startFullServer(db, {
          secret: 'a secret that both nodes share, of 32 bytes',
          openWakes: (deliver) => {
            const wakes = openRedis(deliver, fail);
            ready = () => wakes.ready();
            return wakes;
          },
        });
        nodes.push(node);
        await ready();
        return node;
      };
      try {
        const [one, other] = [await startNode(), await startNode()];
        const { key } = await one.createAccount('mina@example.com');
        const headers = { 'X-API-Key': key };
        const page = await send(`${one.url}/api/v1/changes`, { headers });
        const { cursor } = page.json as { cursor: string };
        const waiting = send(`${one.url}/api/v1/changes?wait=30&cursor=${cursor}`, { headers });
        await send(`${other.url}/api/v1/store`, jsonBody({ content: 'from elsewhere' }, headers));
        expect((await waiting).json).toMatchObject({
          events: [{ ops: [{ op: 'put', memory: { content: 'from elsewhere' } }] }],
        });
      } finally {
        for (const node of nodes) await node.close();
        await redis.kill();
        await db.close();
      }
    });
  },
);
