import type { Logger } from 'pino';
import { type Billing, createBilling } from '../billing/billing.system.js';
import { createLemonSqueezy } from '../billing/lemonsqueezy-client.js';
import type { Config } from '../config.js';
import type { Clock } from '../domain/clock.js';
import type { Database } from '../storage/database.js';
import { createSystemDoor } from '../storage/system-door.system.js';
import { createTenantDoor } from '../storage/tenant-door.js';
import { type Background, runInBackground } from './background.js';

/** The part of the configuration that sells. */
export type BillingConfig = Pick<
  Config,
  | 'publicUrl'
  | 'lemonSqueezyApiKey'
  | 'lemonSqueezyStoreId'
  | 'lemonSqueezyWebhookSecret'
  | 'lemonSqueezyVariantPro'
  | 'lemonSqueezyVariantPromax'
  | 'lemonSqueezyTestMode'
  | 'lemonSqueezyApiBase'
>;

/** Billing over a database; nothing when Lemon Squeezy is not configured, and then there are no such routes. */
export function openBilling(
  config: BillingConfig,
  database: Database,
  clock: Clock,
  logger: Logger,
): Billing | undefined {
  const {
    lemonSqueezyApiKey: apiKey,
    lemonSqueezyStoreId: storeId,
    lemonSqueezyWebhookSecret: webhookSecret,
    lemonSqueezyVariantPro: pro,
    lemonSqueezyVariantPromax: promax,
  } = config;
  if (!apiKey || !storeId || !webhookSecret || !pro || !promax) return undefined;
  return createBilling(
    {
      tenants: createTenantDoor(database),
      system: createSystemDoor(database),
      lemonSqueezy: createLemonSqueezy({ apiBase: config.lemonSqueezyApiBase, apiKey }),
      shop: { storeId, testMode: config.lemonSqueezyTestMode, variants: { pro, promax } },
      clock,
      publicUrl: config.publicUrl,
      onProblem: (detail, about) => logger.warn(about, detail),
    },
    webhookSecret,
  );
}

/** Milliseconds between rounds: how late an end that has come is noticed at most. */
const roundMs = 10_000;

/** Retries, sweeps and polls beside the requests. Any number of nodes may: they share the work. */
export const maintainBilling = (billing: Billing, logger: Logger): Background =>
  runInBackground(
    () => billing.maintain(),
    roundMs,
    (err) => logger.warn({ err }, 'a round of billing failed; the next comes all the same'),
  );
