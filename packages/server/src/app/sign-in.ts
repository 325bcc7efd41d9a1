import type { Logger } from 'pino';
import { createDeviceService } from '../auth/device-grant.system.js';
import type { DeviceService } from '../auth/device-service.js';
import type { SessionAuthenticator } from '../auth/identity.js';
import type { Mailer } from '../auth/mailer.js';
import { createSessionAuthenticator } from '../auth/session-authenticator.system.js';
import { createSignIn } from '../auth/sign-in.system.js';
import type { SignInService } from '../auth/sign-in-service.js';
import type { Config } from '../config.js';
import { createSystemDoor } from '../storage/system-door.system.js';
import { createTenantDoor } from '../storage/tenant-door.js';
import type { Engine } from './engine.js';
import { consoleMailer, smtpMailer } from './mailer.js';
import type { Services } from './services.js';

/** Signing in, as the process runs it. */
export interface SignIn {
  readonly service: SignInService;
  readonly sessions: SessionAuthenticator;
  readonly devices: DeviceService;
  readonly mailer: Mailer;
  /** Lets the mails that were begun leave. */
  close(): Promise<void>;
}

/**
 * Signing in by e-mail; nothing on Postgres without a mail server, and then there are no such routes. The embedded
 * server is somebody's own: it shows the codes in its log.
 */
export function openSignIn(
  config: Pick<Config, 'smtpUrl' | 'smtpFrom' | 'publicUrl' | 'port'>,
  { database, secret }: Pick<Engine, 'database' | 'secret'>,
  { clock, apiKeys }: Pick<Services, 'clock' | 'apiKeys'>,
  logger: Logger,
): SignIn | undefined {
  const { smtpUrl, smtpFrom } = config;
  if (smtpUrl === undefined && database.engine === 'postgres') return undefined;
  const smtp = smtpUrl === undefined ? undefined : smtpMailer(smtpUrl, smtpFrom ?? '');
  const system = createSystemDoor(database);
  const mailer = smtp ?? consoleMailer(logger);
  const service = createSignIn({
    tenants: createTenantDoor(database),
    system,
    secret,
    clock,
    mailer,
    onMailError: (err) => logger.error({ err }, 'a mail could not be sent'),
  });
  return {
    service,
    mailer,
    sessions: createSessionAuthenticator({ system, secret, clock }),
    devices: createDeviceService({ system, secret, clock, apiKeys, pagesUrl: pagesUrl(config) }),
    async close() {
      await service.idle();
      smtp?.close();
    },
  };
}

/** Without a public address people sit at this machine. Never what a request says of where it went. */
const pagesUrl = ({ publicUrl, port }: Pick<Config, 'publicUrl' | 'port'>): string =>
  (publicUrl ?? `http://127.0.0.1:${port}`).replace(/\/+$/, '');
