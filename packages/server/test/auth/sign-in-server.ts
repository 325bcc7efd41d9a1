import type { BlockList } from 'node:net';
import { expect } from 'vitest';
import { createServices } from '../../src/app/services.js';
import { createDeviceService } from '../../src/auth/device-grant.system.js';
import type { Mail } from '../../src/auth/mailer.js';
import { createSessionAuthenticator } from '../../src/auth/session-authenticator.system.js';
import { createSignIn } from '../../src/auth/sign-in.system.js';
import { trustedProxies } from '../../src/config/trusted-proxies.js';
import type { Clock } from '../../src/domain/clock.js';
import { createHttpServer } from '../../src/http/http-server.js';
import { createLogger } from '../../src/http/logger.js';
import { type Answer, jsonBody, send } from '../http/support/exchange.js';
import type { TestDatabase } from '../support/engines.js';

const secret = 'a secret of the test, longer than 32 bytes';

/** What a test may set. */
export interface SignInServerOptions {
  readonly clock?: Clock;
  /** Seconds between a device's polls. */
  readonly intervalSeconds?: number;
  /** Limited by the address that a proxy on this machine names. */
  readonly limited?: boolean;
}

/** A node at which people sign in, with the mails it sent. Several over one database are one service. */
export interface SignInServer {
  readonly url: string;
  readonly log: readonly string[];
  readonly post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Answer>;
  /** The code that was last sent to a mailbox. */
  readonly codeFor: (email: string) => string;
  /** Headers of a page of this server in the browser of whoever has this mailbox. */
  readonly signIn: (email: string) => Promise<{ cookie: string; origin: string }>;
  readonly close: () => Promise<void>;
}

/** Starts one on a free port; its own address is the public one. */
export async function startSignInServer(
  db: TestDatabase,
  {
    clock = { nowMs: () => Date.now() },
    intervalSeconds,
    limited = false,
  }: SignInServerOptions = {},
): Promise<SignInServer> {
  const log: string[] = [];
  const mails: Mail[] = [];
  const logger = createLogger('info', { write: (line) => void log.push(line) });
  const services = createServices({ database: db.database, secret, storage: 'a test' }, logger);
  const options = { tenants: db.tenants, system: db.system, secret, clock };
  const service = createSignIn({
    ...options,
    mailer: { send: async (mail) => void mails.push(mail) },
    onMailError: () => undefined,
  });
  const http = createHttpServer({
    ...services,
    config: { host: '127.0.0.1', port: 0, version: '1.1.0' },
    ...(limited
      ? {
          rates: {
            limits: services.limiter.limits,
            trustedProxies: trustedProxies('127.0.0.0/8') as BlockList,
          },
        }
      : {}),
    signIn: {
      service,
      sessions: createSessionAuthenticator(options),
      devices: createDeviceService({
        ...options,
        apiKeys: services.apiKeys,
        pagesUrl: 'https://memory.example.com',
        ...(intervalSeconds === undefined ? {} : { intervalSeconds }),
      }),
    },
    logger,
  });
  const { url } = await http.listen();
  const post: SignInServer['post'] = (path, body, headers = {}) =>
    send(url + path, jsonBody(body, headers));
  const codeFor = (email: string): string => {
    const mail = mails.findLast(({ to }) => to === email);
    return /is (\d{4} \d{4})$/m.exec(mail?.text ?? '')?.[1] ?? 'none';
  };
  return {
    url,
    log,
    post,
    codeFor,
    async signIn(email) {
      const asked = (await post('/auth/register', { email })).json as { request: string };
      const code = codeFor(email);
      const answer = await post('/auth/verify', { request: asked.request, code });
      expect(answer.status, answer.text).toBe(200);
      return { cookie: answer.headers.get('set-cookie')!.split(';')[0]!, origin: url };
    },
    async close() {
      await http.close();
      await service.idle();
      await services.index.close();
      await services.metering.warnings.flush();
      await services.memories.flush();
      await services.authenticator.flush();
    },
  };
}
