import { freePort } from '../../../../scripts/free-port.mjs';
import { openBilling } from '../../src/app/billing.js';
import { createServices } from '../../src/app/services.js';
import { createAdminService } from '../../src/auth/admin-service.system.js';
import { createDeviceService } from '../../src/auth/device-grant.system.js';
import { eraseAccounts } from '../../src/auth/erase-accounts.system.js';
import type { Mail } from '../../src/auth/mailer.js';
import { createSessionAuthenticator } from '../../src/auth/session-authenticator.system.js';
import { createSignIn } from '../../src/auth/sign-in.system.js';
import { endSubscriptions } from '../../src/billing/end-subscriptions.js';
import { createHttpServer } from '../../src/http/http-server.js';
import { createLogger } from '../../src/http/logger.js';
import type { ErasureReceipt } from '../../src/storage/statements/erasures.system.js';
import {
  apiKey,
  operatorToken,
  storeId,
  type TestClock,
  variants,
  webhookSecret,
} from '../billing/billing-node.js';
import { type FakeLemonSqueezy, startFakeLemonSqueezy } from '../billing/fake/fake-lemonsqueezy.js';
import { type Answer, jsonBody, send } from '../http/support/exchange.js';
import type { TestDatabase } from '../support/engines.js';

const secret = 'a secret of the test, longer than 32 bytes';
const publicUrl = 'https://memory.example.com';

/** A node that people sign up to, pay and leave, its clock, its mailbox and its Lemon Squeezy. */
export interface LeavingNode {
  readonly url: string;
  readonly clock: TestClock;
  readonly fake: FakeLemonSqueezy;
  readonly mails: readonly Mail[];
  readonly log: readonly string[];
  /** What failed in rounds of erasing. */
  readonly failures: unknown[];
  /** Asks for a code and reads it in the mailbox. */
  proof(email: string): Promise<{ request: string; code: string }>;
  /** Signs in as a browser does; answers the headers of its later requests. */
  signIn(email: string): Promise<Record<string, string>>;
  call(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: unknown,
  ): Promise<Answer>;
  /** Everything that Lemon Squeezy sent has arrived and was applied. */
  arrived(): Promise<void>;
  /** Lets time pass for everybody, then does what is due. */
  pass(ms: number): Promise<ErasureReceipt[]>;
  /** One round of erasing, as the background does it, of a node that sells or of one that does not. */
  round(node?: { readonly sells: boolean }): Promise<ErasureReceipt[]>;
  close(): Promise<void>;
}

/** Starts a node with everything that an account meets in its life. */
export async function startLeavingNode(db: TestDatabase): Promise<LeavingNode> {
  const log: string[] = [];
  const mails: Mail[] = [];
  const failures: unknown[] = [];
  const logger = createLogger('info', { write: (line) => void log.push(line) });
  const clock: TestClock = { now: Date.now(), nowMs: () => clock.now };
  const port = await freePort();
  const fake = await startFakeLemonSqueezy({
    webhookUrl: `http://127.0.0.1:${port}/webhook/lemonsqueezy`,
    webhookSecret,
    apiKey,
    storeId,
    retryScale: 0.001,
    startMs: clock.now,
  });
  const billing = openBilling(
    {
      publicUrl,
      lemonSqueezyApiKey: apiKey,
      lemonSqueezyStoreId: `${storeId}`,
      lemonSqueezyWebhookSecret: webhookSecret,
      lemonSqueezyVariantPro: `${variants.pro}`,
      lemonSqueezyVariantPromax: `${variants.promax}`,
      lemonSqueezyTestMode: false,
      lemonSqueezyApiBase: fake.origin,
    },
    db.database,
    clock,
    logger,
  )!;
  const services = createServices({ database: db.database, secret, storage: 'a test' }, logger);
  const mailer = { send: async (mail: Mail) => void mails.push(mail) };
  const options = { tenants: db.tenants, system: db.system, secret, clock };
  const service = createSignIn({
    ...options,
    mailer,
    onMailError: (error) => failures.push(error),
  });
  const http = createHttpServer({
    ...services,
    config: { host: '127.0.0.1', port, version: '1.1.0', publicUrl },
    admin: { accounts: createAdminService(options), token: operatorToken },
    billing,
    signIn: {
      service,
      sessions: createSessionAuthenticator(options),
      devices: createDeviceService({ ...options, apiKeys: services.apiKeys, pagesUrl: publicUrl }),
    },
    logger,
  });
  const { url } = await http.listen();
  const call: LeavingNode['call'] = (method, path, headers, body) =>
    send(url + path, { ...(body === undefined ? { headers } : jsonBody(body, headers)), method });
  const proof: LeavingNode['proof'] = async (email) => {
    const { json } = await call('POST', '/auth/register', {}, { email });
    await service.idle();
    const mail = mails.findLast(({ to }) => to === email);
    const code = /is (\d{4} \d{4})$/m.exec(mail?.text ?? '')?.[1] ?? 'none';
    return { request: (json as { request: string }).request, code };
  };
  const round: LeavingNode['round'] = ({ sells } = { sells: true }) =>
    eraseAccounts({
      ...options,
      mailer,
      endSubscriptions: (userId) =>
        sells
          ? billing.endSubscriptions(userId)
          : endSubscriptions({ tenants: db.tenants }, userId),
      onError: (error) => failures.push(error),
    });
  return {
    url,
    clock,
    fake,
    mails,
    log,
    failures,
    call,
    proof,
    round,
    async signIn(email) {
      const answer = await call('POST', '/auth/verify', {}, await proof(email));
      const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? 'none';
      return { cookie, origin: publicUrl };
    },
    async arrived() {
      await fake.deliveries.settled();
      await billing.idle();
    },
    async pass(ms) {
      clock.now += ms;
      fake.store.advance(ms);
      await fake.deliveries.settled();
      await billing.maintain();
      await billing.idle();
      return round();
    },
    async close() {
      await http.close();
      await fake.close();
      await billing.idle();
      await service.idle();
      await services.index.close();
      await services.memories.flush();
      await services.authenticator.flush();
    },
  };
}
