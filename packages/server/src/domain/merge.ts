import { type Json, type MemoryField, memoryFields } from '@stellar-memory/protocol';
import { compareStamps, type Stamp } from './hybrid-clock.js';

/** The value of one field and when it was given. */
export interface Register {
  readonly value: Json;
  readonly stamp: Stamp;
}

/** Fields of a memory, or those that an edit names. */
export type Registers = { readonly [Field in MemoryField]?: Register };

/** What there is of a memory. `gone` is for ever: forgetting is terminal. */
export type MemoryState =
  | { readonly is: 'absent' }
  | { readonly is: 'gone' }
  | {
      readonly is: 'live';
      readonly fields: Registers;
      readonly recalls: number;
      /** Epoch seconds. */
      readonly lastRecalledAt: number | null;
    };

/** One operation of a mutation, stamped. */
export type StampedOp =
  | { readonly op: 'store' | 'edit'; readonly fields: Registers }
  | { readonly op: 'forget' }
  | { readonly op: 'recalled'; readonly times: number; readonly at: number };

/** What an operation did. `lost`: fields of it whose value did not stay. */
export interface Outcome {
  readonly state: MemoryState;
  readonly result: 'applied' | 'merged' | 'dup' | 'lost' | 'gone' | 'unknown';
  readonly lost: readonly MemoryField[];
}

/**
 * The later of two values of a field. Equal stamps of one replica cannot be, unless its clock was set back; then the
 * values themselves decide, so that every order of arrival ends the same.
 */
export function joinRegister(a: Register, b: Register): Register {
  const order = compareStamps(a.stamp, b.stamp);
  if (order !== 0) return order > 0 ? a : b;
  return canonical(a.value) >= canonical(b.value) ? a : b;
}

/** Field by field the later. Commutative, associative, idempotent: the order of arrival never matters. */
export function joinRegisters(a: Registers, b: Registers): Registers {
  const joined: { [Field in MemoryField]?: Register } = { ...a };
  for (const [field, register] of entriesOf(b)) {
    const other = joined[field];
    joined[field] = other === undefined ? register : joinRegister(other, register);
  }
  return joined;
}

/**
 * Applies an operation to what there is. Recalls must be applied once a mutation: adding is not idempotent, so the
 * caller remembers the ids of mutations. Everything else may be repeated.
 */
export function applyOp(state: MemoryState, op: StampedOp): Outcome {
  if (state.is === 'gone')
    return op.op === 'forget' ? untouched(state, 'dup') : untouched(state, 'gone');
  if (state.is === 'absent')
    return op.op === 'store' ? applied(born(op.fields)) : untouched(state, 'unknown');
  if (op.op === 'forget') return applied({ is: 'gone' });
  if (op.op === 'recalled')
    return applied({
      ...state,
      recalls: state.recalls + op.times,
      lastRecalledAt: Math.max(state.lastRecalledAt ?? op.at, op.at),
    });
  return applyFields(state, op.fields);
}

const born = (fields: Registers): MemoryState => ({
  is: 'live',
  fields,
  recalls: 0,
  lastRecalledAt: null,
});

function applyFields(
  state: Extract<MemoryState, { readonly is: 'live' }>,
  edit: Registers,
): Outcome {
  const fields = joinRegisters(state.fields, edit);
  const named = entriesOf(edit);
  const lost = named.filter(([field, register]) => !sameRegister(fields[field], register));
  const news = named.some(([field]) => !sameRegister(fields[field], state.fields[field]));
  const names = lost.map(([field]) => field);
  if (news)
    return {
      state: { ...state, fields },
      result: lost.length > 0 ? 'merged' : 'applied',
      lost: names,
    };
  return { state, result: lost.length > 0 ? 'lost' : 'dup', lost: names };
}

const applied = (state: MemoryState): Outcome => ({ state, result: 'applied', lost: [] });
const untouched = (state: MemoryState, result: Outcome['result']): Outcome => ({
  state,
  result,
  lost: [],
});

const sameRegister = (a: Register | undefined, b: Register | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    compareStamps(a.stamp, b.stamp) === 0 &&
    canonical(a.value) === canonical(b.value));

/** The registers that are set, always in the same order. */
export const entriesOf = (fields: Registers): [MemoryField, Register][] =>
  memoryFields.flatMap((field) => {
    const register = fields[field];
    return register === undefined ? [] : [[field, register] as [MemoryField, Register]];
  });

/** JSON with sorted keys: the database does not keep their order. */
function canonical(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key]!)}`).join()}}`;
}
