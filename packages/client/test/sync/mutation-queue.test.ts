import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MutationQueue } from '../../src/sync/mutation-queue.js';
import { afterOp } from '../../src/sync/optimistic.js';
import { timeOrderedId } from '../../src/sync/random-ids.js';
import type { Mutation, MutationOp } from '../../src/sync/sync-wire.js';
import type { Json, Memory } from '../../src/wire.js';
import { memory as sample } from '../support/samples.js';

const id = fc.constantFrom('a', 'b', 'c');
const op: fc.Arbitrary<MutationOp> = fc.oneof(
  fc.record({ op: fc.constant('store' as const), id, memory: fc.record({ content: fc.string() }) }),
  fc.record({
    op: fc.constant('edit' as const),
    id,
    set: fc.record({ content: fc.string(), speaker: fc.constant(null) }, { requiredKeys: [] }),
  }),
  fc.record({ op: fc.constant('forget' as const), id }),
);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), op }) },
  fc.record({ do: fc.constant('ack' as const), which: fc.nat(9), seq: fc.nat(20) }),
  fc.record({ do: fc.constant('settle' as const), seq: fc.nat(20) }),
  fc.record({ do: fc.constant('refuse' as const), which: fc.nat(9) }),
  fc.record({ do: fc.constant('restart' as const) }),
);

describe('the queue of mutations', () => {
  test('shows exactly what is in it, in order, and keeps exactly that', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const saved = new Map<string, Json>();
        let queue = new MutationQueue();
        let model: { mutation: Mutation; seq?: number | undefined }[] = [];
        const keep = (writes: Iterable<readonly [string, Json?]>): void => {
          for (const [key, value] of writes)
            if (value === undefined) saved.delete(key);
            else saved.set(key, value);
        };
        for (const [index, each] of steps.entries()) {
          const chosen = 'which' in each ? model[each.which]?.mutation.mid : undefined;
          if (each.do === 'add') {
            const mutation = { mid: `mutation-${index}`, hlc: `${index}000.0`, ops: [each.op] };
            keep([queue.add(mutation)]);
            model.push({ mutation });
          } else if (each.do === 'ack') {
            if (chosen === undefined) continue;
            queue.ack({ mid: chosen, seq: each.seq, results: [] });
            model[each.which]!.seq = each.seq;
          } else if (each.do === 'settle') {
            keep(queue.settle(each.seq).writes);
            model = model.filter(({ seq }) => seq === undefined || seq > each.seq);
          } else if (each.do === 'refuse') {
            if (chosen === undefined) continue;
            keep(queue.refuse([chosen]).writes);
            model = model.filter(({ mutation }) => mutation.mid !== chosen);
          } else {
            queue = new MutationQueue([...saved].toReversed());
            model = model.map(({ mutation }) => ({ mutation }));
          }
          expect(queue.size).toBe(model.length);
          const waiting = model.filter(({ seq }) => seq === undefined);
          expect(queue.unanswered(100, 1e9)).toEqual(waiting.map(({ mutation }) => mutation));
          for (const about of ['a', 'b', 'c']) {
            const base: Memory | undefined = about === 'a' ? { ...sample, id: 'a' } : undefined;
            const ops = model.flatMap(({ mutation }) =>
              mutation.ops.map((done) => ({ done, at: Number(mutation.hlc.split('.')[0]) / 1000 })),
            );
            const seen = ops
              .filter(({ done }) => done.id === about)
              .reduce((memory, { done, at }) => afterOp(memory, done, at), base);
            expect(queue.over(about, base)).toEqual(seen);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('sends no more at a time than the server takes, and always something', () => {
    const queue = new MutationQueue();
    for (let n = 0; n < 5; n += 1)
      queue.add({
        mid: `mutation-${n}`,
        hlc: '1.0',
        ops: [{ op: 'store', id: String(n), memory: { content: 'x'.repeat(1_000) } }],
      });
    expect(queue.unanswered(3, 1e6)).toHaveLength(3);
    expect(queue.unanswered(9, 2_500)).toHaveLength(2);
    expect(queue.unanswered(9, 10)).toHaveLength(1);
  });
});

describe('what is done here', () => {
  test('looks as the server will have it, but for what is the server’s to say', () => {
    const stored = afterOp(
      undefined,
      { op: 'store', id: 'a', memory: { content: 'one', occurred_at: '1970-01-01T00:01:00Z' } },
      7,
    );
    expect(stored).toMatchObject({ id: 'a', content: 'one', importance: 0.5, occurred_at: 60 });
    const changed = afterOp(
      { ...sample, speaker: 'Jun' },
      { op: 'edit', id: 'a', set: { speaker: null, pinned: true, content: undefined } },
      8,
    );
    expect(changed).toEqual({ ...sample, speaker: null, pinned: true, updated_at: 8 });
  });
});

test('ids are UUIDs of version 7 that sort as they were made', () => {
  const ids = [1_000, 2_000, 1_764_000_000_000].map(timeOrderedId);
  for (const made of ids)
    expect(made).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(ids.toSorted()).toEqual(ids);
  expect(Number.parseInt(ids[2]!.replaceAll('-', '').slice(0, 12), 16)).toBe(1_764_000_000_000);
});
