import type { Logger } from 'pino';
import type { SessionAuthenticator } from '../auth/identity.js';
import { createSessionAuthenticator } from '../auth/session-authenticator.system.js';
import { createSignIn } from '../auth/sign-in.system.js';
import type { SignInService } from '../auth/sign-in-service.js';
import type { Config } from '../config.js';
import type { Clock } from '../domain/clock.js';
import { createSystemDoor } from '../storage/system-door.system.js';
import { createTenantDoor } from '../storage/tenant-door.js';
import type { Engine } from './engine.js';
import { consoleMailer, smtpMailer } from './mailer.js';

/** Signing in, as the process runs it. */
export interface SignIn {
  readonly service: SignInService;
  readonly sessions: SessionAuthenticator;
  /** Lets the mails that were begun leave. */
  close(): Promise<void>;
}

/**
 * Signing in by e-mail; nothing on Postgres without a mail server, and then there are no such routes. The embedded
 * server is somebody's own: it shows the codes in its log.
 */
export function openSignIn(
  config: Pick<Config, 'smtpUrl' | 'smtpFrom'>,
  { database, secret }: Pick<Engine, 'database' | 'secret'>,
  clock: Clock,
  logger: Logger,
): SignIn | undefined {
  const { smtpUrl, smtpFrom } = config;
  if (smtpUrl === undefined && database.engine === 'postgres') return undefined;
  const smtp = smtpUrl === undefined ? undefined : smtpMailer(smtpUrl, smtpFrom ?? '');
  const system = createSystemDoor(database);
  const service = createSignIn({
    tenants: createTenantDoor(database),
    system,
    secret,
    clock,
    mailer: smtp ?? consoleMailer(logger),
    onMailError: (err) => logger.error({ err }, 'a mail could not be sent'),
  });
  return {
    service,
    sessions: createSessionAuthenticator({ system, secret, clock }),
    async close() {
      await service.idle();
      smtp?.close();
    },
  };
}
