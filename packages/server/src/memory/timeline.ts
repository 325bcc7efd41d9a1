import { emotionOf } from '../domain/context/emotion.js';
import { selectTimeline } from '../storage/statements/memories.js';
import type { MemoryDependencies } from './dependencies.js';
import type { MemoryService } from './memory-service.js';

/** What happened when, newest first. Round trips: 1. */
export const createTimeline =
  ({ tenants }: MemoryDependencies): MemoryService['timeline'] =>
  async (userId, { start, end, limit }) => {
    const found = await tenants.withTenant(
      userId,
      (tx) => selectTimeline(tx.ending, { start, end, limit }),
      { readOnly: true },
    );
    return found.map((memory) => ({
      timestamp: memory.occurredAt ?? memory.createdAt,
      memory_id: memory.id,
      content: memory.content,
      zone: memory.zone,
      importance: memory.importance,
      emotion: emotionOf(memory.content),
    }));
  };
