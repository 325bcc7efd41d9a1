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
import type { Services } from './services.js';

/** Signing in, as the process runs it. */
export interface SignIn {
  readonly service: SignInService;
  readonly sessions: SessionAuthenticator;
  readonly devices: DeviceService;
  /** Resolves when the mails that were begun have left. */
  idle(): Promise<void>;
}

/** Signing in by e-mail; without a mailer there is none of it. */
export function openSignIn(
  config: Pick<Config, 'publicUrl' | 'port'>,
  { database, secret }: Pick<Engine, 'database' | 'secret'>,
  { clock, apiKeys }: Pick<Services, 'clock' | 'apiKeys'>,
  mailer: Mailer,
  logger: Logger,
): SignIn {
  const system = createSystemDoor(database);
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
    sessions: createSessionAuthenticator({ system, secret, clock }),
    devices: createDeviceService({ system, secret, clock, apiKeys, pagesUrl: pagesUrl(config) }),
    idle: () => service.idle(),
  };
}

/**
 * Where people find our pages, without a slash at its end. Without a public address they sit at this machine. Never
 * what a request says of where it went.
 */
export const pagesUrl = ({ publicUrl, port }: Pick<Config, 'publicUrl' | 'port'>): string =>
  (publicUrl ?? `http://127.0.0.1:${port}`).replace(/\/+$/, '');
