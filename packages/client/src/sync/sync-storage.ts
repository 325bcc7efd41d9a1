import type { Json } from '../wire.js';

/** Sets a key, or deletes it when there is no value. */
export type StorageWrite = readonly [key: string, value?: Json];

/**
 * Where a replica outlives its process: keys with JSON values, written in batches that are kept whole or not at all.
 * One replica owns one storage.
 */
export interface SyncStorage {
  /** Everything that was committed. Called once, first. Errors: whatever keeps it from being opened. */
  load(): Promise<Iterable<readonly [key: string, value: Json]>>;
  /** Resolves when the batch would survive a crash. Batches are kept in the order of the calls. */
  commit(writes: readonly StorageWrite[]): Promise<void>;
  /** Resolves when nothing is open any more. */
  close(): Promise<void>;
}

/** Keeps everything in memory: the next process begins with a snapshot. */
export function memoryStorage(): SyncStorage {
  const kept = new Map<string, Json>();
  return {
    load: () => Promise.resolve([...kept]),
    commit(writes) {
      for (const [key, value] of writes)
        if (value === undefined) kept.delete(key);
        else kept.set(key, value);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}
