import { describe, expect, test } from 'vitest';
import { FairQueue } from '../../src/storage/embedded/fair-queue.js';

describe('the queue of the embedded engine', () => {
  /** Asks for turns in the given order while somebody is in; resolves with the order in which they came. */
  async function orderOf(keys: readonly string[]): Promise<string[]> {
    const queue = new FairQueue();
    const leaveFirst = await queue.enter('somebody', 1_000);
    const order: string[] = [];
    const turns = keys.map(async (key) => {
      const leave = await queue.enter(key, 1_000);
      order.push(key);
      leave();
    });
    leaveFirst();
    await Promise.all(turns);
    return order;
  }

  test('serves one key in order of arrival', async () => {
    const queue = new FairQueue();
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3, 4].map(async (n) => {
        const leave = await queue.enter('a', 1_000);
        order.push(n);
        leave();
      }),
    );
    expect(order).toEqual([1, 2, 3, 4]);
  });

  test('lets keys take turns, so that many of one delay another by one turn only', async () => {
    expect(await orderOf(['a', 'a', 'a', 'a', 'b', 'c', 'b'])).toEqual([
      'a',
      'b',
      'c',
      'a',
      'b',
      'a',
      'a',
    ]);
  });

  test('never lets two in at once', async () => {
    const queue = new FairQueue();
    let inside = 0;
    await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        const leave = await queue.enter(`${n % 3}`, 1_000);
        inside += 1;
        expect(inside).toBe(1);
        await Promise.resolve();
        inside -= 1;
        leave();
      }),
    );
  });

  test('gives up with unavailable after the time somebody is ready to wait, and forgets him', async () => {
    const queue = new FairQueue();
    const leave = await queue.enter('a', 1_000);
    await expect(queue.enter('a', 10)).rejects.toMatchObject({ code: 'unavailable' });
    leave();
    const again = await queue.enter('b', 1_000);
    again();
    await queue.idle();
  });

  test('takes a second leaving of the same turn for none', async () => {
    const queue = new FairQueue();
    const leave = await queue.enter('a', 1_000);
    leave();
    const other = await queue.enter('b', 1_000);
    leave();
    await expect(queue.enter('c', 10)).rejects.toMatchObject({ code: 'unavailable' });
    other();
  });

  test('is idle when nobody is in and nobody waits', async () => {
    const queue = new FairQueue();
    await queue.idle();
    const leave = await queue.enter('a', 1_000);
    let idle = false;
    const waiting = queue.idle().then(() => {
      idle = true;
    });
    const second = queue.enter('b', 1_000);
    leave();
    (await second)();
    expect(idle).toBe(false);
    await waiting;
  });
});
