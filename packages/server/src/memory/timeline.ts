import type { TimelineQuery } from '@stellar-memory/protocol';
import { emotionOf } from '../domain/context/emotion.js';
import { dayAfter, localTime, startOfDay } from '../domain/context/local-time.js';
import { selectTimeline } from '../storage/statements/memories.js';
import type { MemoryDependencies } from './dependencies.js';
import type { MemoryService } from './memory-service.js';

/** What happened when, newest first. Round trips: 1. */
export const createTimeline =
  ({ tenants }: MemoryDependencies): MemoryService['timeline'] =>
  async (userId, { limit, timezone, ...range }) => {
    const { start, end } = boundsOf({ ...range, timezone });
    const found = await tenants.withTenant(
      userId,
      (tx) => selectTimeline(tx.ending, { start, end, limit }),
      { readOnly: true },
    );
    return found.map((memory) => {
      const timestamp = memory.occurredAt ?? memory.createdAt;
      return {
        timestamp,
        memory_id: memory.id,
        content: memory.content,
        zone: memory.zone,
        importance: memory.importance,
        emotion: emotionOf(memory.content),
        ...(timezone === undefined ? {} : { local_time: shown(timestamp, timezone) }),
      };
    });
  };

/** Moments are kept to the microsecond: what is this much before midnight is of the day before. */
const momentStep = 0.000_001;

function boundsOf({ day, timezone = 'UTC', start, end }: Omit<TimelineQuery, 'limit'>): {
  readonly start: number | undefined;
  readonly end: number | undefined;
} {
  if (day === undefined) return { start, end };
  return {
    start: startOfDay(day, timezone),
    end: startOfDay(dayAfter(day), timezone) - momentStep,
  };
}

function shown(seconds: number, timezone: string): string {
  const { day, time } = localTime(seconds, timezone);
  return `${day}T${time}`;
}
