import type { Logger } from 'pino';
import type { Mailer } from '../auth/mailer.js';
import { createUsageMails, type UsageMails } from '../auth/usage-mails.system.js';
import type { Clock } from '../domain/clock.js';
import type { Database } from '../storage/database.js';
import { createSystemDoor } from '../storage/system-door.system.js';
import { type Background, runInBackground } from './background.js';

/** Milliseconds between looks for warnings that are to be mailed. */
const roundMs = 10_000;

/** Mails usage warnings beside the requests. */
export function mailUsageWarnings(
  database: Database,
  mailer: Mailer,
  { clock, upgradeUrl }: { readonly clock: Clock; readonly upgradeUrl: string },
  logger: Logger,
): Background {
  const mails: UsageMails = createUsageMails({
    system: createSystemDoor(database),
    mailer,
    clock,
    upgradeUrl,
    onError: (err) => logger.error({ err }, 'a usage warning was not mailed; it is tried again'),
  });
  const background = runInBackground(
    () => mails.round(),
    roundMs,
    (err) => logger.warn({ err }, 'the look for warnings to mail failed; it is repeated'),
  );
  return {
    stop: () => {
      mails.stop();
      return background.stop();
    },
  };
}
