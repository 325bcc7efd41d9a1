import type { Sync, SyncChange, SyncRejection } from '../../src/index.js';

/** A replica and what it told. */
export interface Recorded {
  readonly sync: Sync;
  /** One line for each change: id and content, or – for one that was forgotten. */
  readonly changes: readonly string[];
  readonly rejected: readonly SyncRejection[];
  /** Names of the other events. */
  readonly told: readonly string[];
  /** Resolves when it holds; looks again after every event. Rejects when the replica ends before. */
  until(holds: (sync: Sync) => boolean): Promise<void>;
}

const otherEvents = ['online', 'offline', 'caught-up', 'reset'] as const;

/** Listens to a replica from now on. */
export function record(sync: Sync): Recorded {
  const changes: string[] = [];
  const told: string[] = [];
  const rejected: SyncRejection[] = [];
  const waiting = new Set<() => void>();
  const look = (): void => {
    for (const each of waiting) each();
  };
  sync.on('change', (change) => {
    changes.push(lineOf(change));
    look();
  });
  sync.on('rejected', (rejection) => {
    rejected.push(rejection);
    look();
  });
  for (const name of otherEvents)
    sync.on(name, () => {
      told.push(name);
      look();
    });
  return {
    sync,
    changes,
    rejected,
    told,
    until: (holds) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!holds(sync)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        sync.done.then(() => reject(new Error('closed')), reject);
        check();
      }),
  };
}

const lineOf = ({ id, memory, origin }: SyncChange): string =>
  `${id} ${memory?.content ?? '–'}${origin === 'snapshot' ? ' (snapshot)' : ''}`;
