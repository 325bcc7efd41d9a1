/** Aborts when nobody has fed it for too long. */
export interface Watchdog {
  /** Aborted by it, or with the signal it was made of. */
  readonly signal: AbortSignal;
  /** Milliseconds until it aborts, from now. */
  feed(timeoutMs: number): void;
  /** Leaves no timer and no listener behind. */
  stop(): void;
}

/** A watchdog that bites with this reason. */
export function watchdog(signal: AbortSignal, reason: () => Error): Watchdog {
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  };
  return {
    signal: controller.signal,
    feed(timeoutMs) {
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(reason()), timeoutMs);
    },
    stop,
  };
}
