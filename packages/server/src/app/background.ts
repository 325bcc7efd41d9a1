/** A task that runs again and again beside the requests. */
export interface Background {
  /** Waits for a run that is under way; no other follows. */
  stop(): Promise<void>;
}

/**
 * Runs the task so many milliseconds after its last run ended, so that runs never overlap.
 * A failure is reported and the next run comes all the same.
 */
export function runInBackground(
  task: () => Promise<void>,
  pauseMs: number,
  onError: (error: unknown) => void,
): Background {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const schedule = (): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      running = task().catch(onError).finally(schedule);
    }, pauseMs);
    timer.unref();
  };
  schedule();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return running;
    },
  };
}
