import { describe, expect, it } from 'vitest';
import { userId } from '../../src/domain/ids.js';
import { StellarError } from '../../src/domain/stellar-error.js';
import { StoreQueue } from '../../src/memory/store-queue.js';
import { DatabaseError } from '../../src/storage/database-error.js';

const alice = userId('018f0000-0000-7000-8000-00000000000a');
const bob = userId('018f0000-0000-7000-8000-00000000000b');

/** A write that the test lets finish group by group. */
function gatedWrites() {
  const groups: { user: string; items: readonly number[]; finish: () => void }[] = [];
  const write = (user: string, items: readonly number[]): Promise<number[]> =>
    new Promise((resolve) => {
      groups.push({ user, items, finish: () => resolve(items.map((item) => item * 10)) });
    });
  return { groups, write };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('group commit', () => {
  it('writes a lone store at once and alone', async () => {
    const { groups, write } = gatedWrites();
    const queue = new StoreQueue(write);
    const stored = queue.add(alice, 1);
    expect(groups.map((group) => group.items)).toEqual([[1]]);
    groups[0]!.finish();
    expect(await stored).toBe(10);
  });

  it('lets stores that arrive during a transaction share the next one, in order', async () => {
    const { groups, write } = gatedWrites();
    const queue = new StoreQueue(write);
    const stored = [1, 2, 3, 4].map((item) => queue.add(alice, item));
    expect(groups.map((group) => group.items)).toEqual([[1]]);
    groups[0]!.finish();
    await settled();
    expect(groups.map((group) => group.items)).toEqual([[1], [2, 3, 4]]);
    groups[1]!.finish();
    expect(await Promise.all(stored)).toEqual([10, 20, 30, 40]);
  });

  it('never puts two tenants into one transaction', () => {
    const { groups, write } = gatedWrites();
    const queue = new StoreQueue(write);
    void queue.add(alice, 1);
    void queue.add(bob, 2);
    expect(groups.map((group) => [group.user, group.items])).toEqual([
      [alice, [1]],
      [bob, [2]],
    ]);
  });

  it('writes each store on its own when the group does not fit, so that those that fit are kept', async () => {
    let room = 2;
    const queue = new StoreQueue<number, number>(async (_user, items) => {
      await settled();
      if (items.length > room && items.length > 1) return undefined;
      if (items.length > room) throw new StellarError('quota_exceeded');
      room -= items.length;
      return [...items];
    });
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map((item) => queue.add(alice, item)));
    expect(outcomes.map((outcome) => outcome.status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
  });

  it('finds the one store that the database refuses and keeps the others', async () => {
    const queue = new StoreQueue<number, number>(async (_user, items) => {
      await settled();
      if (items.includes(3)) throw new DatabaseError('23514', undefined, undefined);
      return [...items];
    });
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map((item) => queue.add(alice, item)));
    expect(outcomes.map((outcome) => outcome.status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
  });

  it('does not repeat a group whose outcome is unknown', async () => {
    const writes: number[][] = [];
    const queue = new StoreQueue<number, number>(async (_user, items) => {
      writes.push([...items]);
      await settled();
      if (items.length > 1) throw new StellarError('unavailable');
      return [...items];
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map((item) => queue.add(alice, item)));
    expect(outcomes.map((outcome) => outcome.status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    expect(writes).toEqual([[1], [2, 3]]);
  });

  it('says busy instead of queueing without bound', async () => {
    const { write } = gatedWrites();
    const queue = new StoreQueue(write);
    for (let item = 0; item <= 1_000; item += 1) void queue.add(alice, item);
    await expect(queue.add(alice, 1_001)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
