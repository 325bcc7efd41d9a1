import { StellarMemoryError } from './stellar-memory-error.js';

/**
 * Acts until done, out of time, or aborted by the caller. Rejects with `timeout`, or with the reason of the
 * caller's signal. Leaves no timer and no listener behind: a signal may outlive thousands of calls.
 */
export async function withDeadline<Answer>(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  act: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => controller.abort(timedOut(timeoutMs)), timeoutMs);
  try {
    return await act(controller.signal);
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

const timedOut = (timeoutMs: number): StellarMemoryError =>
  new StellarMemoryError('timeout', {
    detail: `No whole answer came within ${timeoutMs} ms.`,
    next: 'Check the server and the network, or raise timeoutMs.',
  });
