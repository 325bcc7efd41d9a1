import { limits } from '@stellar-memory/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  admitStamp,
  compareStamps,
  formatHybridTime,
  stampAfter,
  stampOf,
} from '../../src/domain/hybrid-clock.js';
import {
  applyOp,
  joinRegisters,
  type MemoryState,
  type Registers,
} from '../../src/domain/merge.js';
import { history, ModelServer, printState, registers } from './histories.js';

/** Random histories; `MERGE_HISTORIES=1000000` is what the figure in the issue asks for. */
const numRuns = Number(process.env['MERGE_HISTORIES'] ?? 3_000);
const hourMs = 3_600_000;

const live = (fields: Registers): MemoryState => ({
  is: 'live',
  fields,
  recalls: 0,
  lastRecalledAt: null,
});
const print = (fields: Registers): string => printState(live(fields));
const content = (value: string, hlc: string, nowMs: number, by = ''): Registers => ({
  content: { value, stamp: admitStamp(hlc, by, nowMs) },
});

describe('merging edits', () => {
  it('ends the same in every order of arrival and however often a mutation arrives', () => {
    fc.assert(
      fc.property(history, ({ first, second }) => {
        const one = new ModelServer().receiveAll(first).print;
        const other = new ModelServer().receiveAll(second).print;
        if (one !== other) throw new Error(`${one}\n${other}`);
      }),
      { numRuns },
    );
  }, 3_600_000);

  it('joins commutatively, associatively and idempotently', () => {
    fc.assert(
      fc.property(registers, registers, registers, (a, b, c) => {
        expect(print(joinRegisters(a, b))).toBe(print(joinRegisters(b, a)));
        expect(print(joinRegisters(joinRegisters(a, b), c))).toBe(
          print(joinRegisters(a, joinRegisters(b, c))),
        );
        expect(print(joinRegisters(a, a))).toBe(print(a));
        expect(print(joinRegisters(joinRegisters(a, b), b))).toBe(print(joinRegisters(a, b)));
      }),
    );
  });

  it('says of each field whether its edit stayed', () => {
    const state = live({
      ...content('new', '50.0', 60),
      importance: { value: 1, stamp: stampOf(1) },
    });
    const late = content('old', '40.0', 60);
    const importance = { importance: { value: 0, stamp: stampOf(40) } };
    expect(applyOp(state, { op: 'edit', fields: late })).toMatchObject({
      result: 'lost',
      lost: ['content'],
    });
    expect(applyOp(state, { op: 'edit', fields: { ...late, ...importance } })).toMatchObject({
      result: 'merged',
      lost: ['content'],
    });
    expect(applyOp(state, { op: 'edit', fields: importance })).toMatchObject({ result: 'applied' });
    expect(applyOp(state, { op: 'edit', fields: content('new', '50.0', 60) })).toMatchObject({
      result: 'dup',
      lost: [],
    });
  });

  it('never brings back what was forgotten', () => {
    const { state } = applyOp(live({}), { op: 'forget' });
    for (const op of ['store', 'edit'] as const)
      expect(applyOp(state, { op, fields: content('again', '99.0', 1) })).toMatchObject({
        state: { is: 'gone' },
        result: 'gone',
      });
    expect(applyOp(state, { op: 'recalled', times: 1, at: 1 }).result).toBe('gone');
    expect(applyOp(state, { op: 'forget' }).result).toBe('dup');
  });

  it('counts recalls and keeps the latest time', () => {
    const once = applyOp(live({}), { op: 'recalled', times: 3, at: 20 }).state;
    expect(applyOp(once, { op: 'recalled', times: 2, at: 10 }).state).toMatchObject({
      recalls: 5,
      lastRecalledAt: 20,
    });
  });
});

describe('hybrid clocks', () => {
  it('lets a clock that is an hour ahead win for a minute, not for ever', () => {
    const now = 1_700_000_000_000;
    const ahead = content('ahead', `${now + hourMs}.0`, now);
    const soon = content('soon', `${now + 30_000}.0`, now + 30_000);
    const later = content(
      'later',
      `${now + limits.clockAheadMs + 1}.0`,
      now + limits.clockAheadMs + 1,
    );
    expect(joinRegisters(ahead, soon)).toEqual(ahead);
    expect(joinRegisters(ahead, later)).toEqual(later);
  });

  it('never lets a skew of any size outlast the minute', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -10 * hourMs, max: 10 * hourMs }),
        fc.integer({ min: limits.clockAheadMs + 1, max: hourMs }),
        fc.nat(99_999),
        (skewMs, waitedMs, counter) => {
          const now = 1_700_000_000_000;
          const skewed = admitStamp(formatHybridTime(now + skewMs, counter), 'zed', now);
          const honest = admitStamp(`${now + waitedMs}.0`, '', now + waitedMs);
          expect(compareStamps(skewed, honest)).toBeLessThan(0);
        },
      ),
    );
  });

  it('keeps the edits of one replica in their order, also where they are clamped', () => {
    const now = 1_700_000_000_000;
    const moment = fc.tuple(fc.integer({ min: now - hourMs, max: now + hourMs }), fc.nat(99_999));
    fc.assert(
      fc.property(moment, moment, ([ms1, c1], [ms2, c2]) => {
        const order = Math.sign(ms1 - ms2 || c1 - c2);
        const a = admitStamp(`${ms1}.${c1}`, 'a', now);
        const b = admitStamp(`${ms2}.${c2}`, 'a', now);
        expect(Math.sign(compareStamps(a, b))).toBe(order);
        expect([a, b].every(({ counter }) => Number.isSafeInteger(counter))).toBe(true);
      }),
    );
  });

  it('puts an edit that knows what it replaces behind it, even behind a clock that was ahead', () => {
    const now = 1_700_000_000_000;
    const ahead = admitStamp(`${now + hourMs}.7`, 'zed', now);
    expect(compareStamps(stampAfter(ahead, now), ahead)).toBeGreaterThan(0);
    expect(stampAfter(stampOf(now - 5), now)).toEqual(stampOf(now));
  });
});
