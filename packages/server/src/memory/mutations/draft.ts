import type { MemoryState, Registers } from '../../domain/merge.js';
import type { LockedMemory } from '../../storage/statements/memories.js';
import { registersOf } from './registers.js';

/** A memory while a group of mutations is worked out. */
export interface Draft {
  readonly id: string;
  /** Its row, if it has one. */
  readonly before: LockedMemory | undefined;
  /** What it was at first; of a memory that this group stores, what was stored. */
  start: MemoryState;
  /** What the operations so far have made of it. */
  state: MemoryState;
  /** What it was before it was forgotten; otherwise the same. */
  last: MemoryState;
  /** Of a memory that this group stores: milliseconds since the epoch at which it was made. */
  bornMs: number | undefined;
}

/** A memory as the transaction found it. */
export function draftOf(id: string, before: LockedMemory | undefined, forgotten: boolean): Draft {
  const state = stateOf(before, forgotten);
  return { id, before, start: state, state, last: state, bornMs: undefined };
}

function stateOf(before: LockedMemory | undefined, forgotten: boolean): MemoryState {
  if (before === undefined) return { is: forgotten ? 'gone' : 'absent' };
  return {
    is: 'live',
    fields: registersOf(before),
    recalls: before.recallCount,
    lastRecalledAt: before.lastRecalledAt,
  };
}

/** The fields of a memory that is there. */
export const fieldsOf = (state: MemoryState): Registers =>
  state.is === 'live' ? state.fields : {};

/** The agent that a memory belongs to; `null` for none, or no memory. */
export const agentOf = (state: MemoryState): string | null =>
  (fieldsOf(state).agent_id?.value ?? null) as string | null;
