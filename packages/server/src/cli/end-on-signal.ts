import process from 'node:process';
import type { Logger } from 'pino';
import type { App } from '../app.js';

/** Milliseconds a stop may take; an orchestrator kills at 30 s. */
const stopWithinMs = 25_000;

/** Runs until SIGTERM or SIGINT, then drains. A second signal, or a drain that hangs, ends the process at once. */
export async function endOnSignal(app: App, logger: Logger): Promise<void> {
  const signal = await firstSignal();
  logger.info({ signal }, 'draining');
  const giveUp = (reason: string) => () => {
    logger.error({ reason }, 'ended before everything was drained');
    process.exit(1);
  };
  process.once('SIGTERM', giveUp('second signal'));
  process.once('SIGINT', giveUp('second signal'));
  setTimeout(giveUp('deadline'), stopWithinMs).unref();
  await app.stop();
  logger.info('stopped');
  // Whatever still holds the event loop has nothing left to do: the exit code must not wait for it.
  process.exit(0);
}

/** The first SIGTERM or SIGINT. */
export const firstSignal = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
