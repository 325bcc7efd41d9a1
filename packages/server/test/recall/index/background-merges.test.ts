import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type UserId, userId } from '../../../src/domain/ids.js';
import { BackgroundMerges } from '../../../src/recall/index/background-merges.js';
import type { MergeOutcome } from '../../../src/recall/index/merge-tenant.js';

const someone = (): UserId => userId(randomUUID());

/** Records what is asked for; outcomes are given out in turn, then there is nothing to do. */
function record(outcomes: (MergeOutcome | Error)[] = []) {
  const calls: string[] = [];
  const errors: unknown[] = [];
  const names = new Map<UserId, string>();
  const merges = new BackgroundMerges({
    merge(user, flush) {
      calls.push(`merge ${names.get(user) ?? 'x'}${flush ? ' flush' : ''}`);
      const outcome = outcomes.shift() ?? 'nothing';
      return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
    },
    buryLost(user) {
      calls.push(`bury ${names.get(user) ?? 'x'}`);
      return Promise.resolve();
    },
    onError: (error) => errors.push(error),
  });
  return { merges, calls, errors, names };
}

describe('background merges', () => {
  test('look at a tenant at its first change since the start, then once in many changes', async () => {
    const { merges, calls } = record();
    const user = someone();
    merges.noteChange(user);
    await merges.idle();
    expect(calls).toEqual(['merge x']);
    for (let change = 0; change < 63; change++) merges.noteChange(user);
    await merges.idle();
    expect(calls).toHaveLength(1);
    merges.noteChange(user);
    await merges.idle();
    expect(calls).toHaveLength(2);
    merges.noteChange(user, 100);
    await merges.idle();
    expect(calls).toHaveLength(3);
  });

  test('go on as long as there is something to merge, one tenant after the other', async () => {
    const { merges, calls, names } = record(['merged', 'merged', 'nothing', 'claimed elsewhere']);
    const [one, other] = [someone(), someone()];
    names.set(one, 'one').set(other, 'other');
    merges.noteChange(one);
    merges.noteChange(other);
    await merges.idle();
    expect(calls).toEqual(['merge one', 'merge one', 'merge one', 'merge other']);
  });

  test('repair once for the same difference: bury what is lost, then take in all that is recent', async () => {
    const { merges, calls } = record(['merged in part', 'merged']);
    const user = someone();
    merges.requestRepair(user, 7);
    merges.requestRepair(user, 7);
    await merges.idle();
    expect(calls).toEqual(['bury x', 'merge x flush', 'merge x flush', 'merge x']);
    merges.requestRepair(user, 7);
    await merges.idle();
    expect(calls).toHaveLength(4);
    merges.requestRepair(user, 8);
    await merges.idle();
    expect(calls).toHaveLength(6);
  });

  test('tell of an error and go on with the next tenant', async () => {
    const failure = new Error('the database is away');
    const { merges, calls, errors } = record([failure]);
    merges.noteChange(someone());
    merges.noteChange(someone());
    await merges.idle();
    expect(errors).toEqual([failure]);
    expect(calls).toHaveLength(2);
  });

  test('end after the merge that runs', async () => {
    const { merges, calls } = record(['merged', 'merged', 'merged']);
    merges.noteChange(someone());
    merges.noteChange(someone());
    await merges.close();
    merges.noteChange(someone());
    await merges.idle();
    expect(calls).toEqual(['merge x']);
  });
});
