import {
  type Json,
  type MemoryField,
  memoryFields,
  type PatchRequest,
} from '@stellar-memory/protocol';
import { compareStamps, type Stamp, stampAfter, stampOf } from '../../domain/hybrid-clock.js';
import { entriesOf, type Register, type Registers } from '../../domain/merge.js';
import type { LockedMemory, MemoryRecord } from '../../storage/statements/memories.js';

/** Stamp of a field that was never edited: when the memory was made. */
const birthStamp = (createdAt: number): Stamp => stampOf(Math.round(createdAt * 1000));

/** The fields of a memory as they are merged, with the time of each one's last edit. */
export function registersOf(memory: LockedMemory): Registers {
  const values = valuesOf(memory);
  const birth = birthStamp(memory.createdAt);
  return Object.fromEntries(
    memoryFields.map((field) => [
      field,
      { value: values[field], stamp: keptStamp(memory.clocks, field) ?? birth },
    ]),
  );
}

const valuesOf = (memory: MemoryRecord): Readonly<Record<MemoryField, Json>> => ({
  content: memory.content,
  importance: memory.importance,
  metadata: memory.metadata as Json,
  pinned: memory.pinned,
  agent_id: memory.agentId,
  session_id: memory.sessionId,
  speaker: memory.speaker,
  role: memory.role,
  occurred_at: memory.occurredAt,
});

/** A stamp that the column keeps as `[ms, counter, by]`. v1 kept numbers by agent there, which say nothing of fields. */
function keptStamp(clocks: unknown, field: MemoryField): Stamp | undefined {
  const kept: unknown = (clocks as Readonly<Record<string, unknown>> | null)?.[field];
  if (!Array.isArray(kept)) return undefined;
  const [ms, counter, by] = kept as [number, number, string];
  return { ms, counter, by };
}

/** What the column keeps: the stamps of fields that were edited since the memory was made. */
export function clocksOf(fields: Registers, createdAt: number): Record<string, unknown> {
  const birth = birthStamp(createdAt);
  return Object.fromEntries(
    entriesOf(fields)
      .filter(([, { stamp }]) => compareStamps(stamp, birth) !== 0)
      .map(([field, { stamp }]) => [field, [stamp.ms, stamp.counter, stamp.by]]),
  );
}

/** The fields that a request names, with one stamp. */
export const stampFields = (request: PatchRequest, stamp: Stamp): Registers =>
  Object.fromEntries(
    memoryFields
      .filter((field) => request[field] !== undefined)
      .map((field) => [field, { value: request[field] as Json, stamp }]),
  );

/** The clocks of a memory after an edit that saw it as it is: such an edit wins, whatever the clocks say. */
export function clocksAfter(memory: LockedMemory, patch: PatchRequest, nowMs: number): object {
  const edited = entriesOf(registersOf(memory)).map(([field, register]): [string, Register] => [
    field,
    patch[field] === undefined
      ? register
      : { ...register, stamp: stampAfter(register.stamp, nowMs) },
  ]);
  return clocksOf(Object.fromEntries(edited), memory.createdAt);
}

/** What has changed of a memory, as an edit. */
export const changesBetween = (before: Registers, after: Registers): PatchRequest =>
  Object.fromEntries(
    entriesOf(after)
      .filter(([field, register]) => before[field] !== register)
      .map(([field, { value }]) => [field, value]),
  );
