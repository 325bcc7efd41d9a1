import type { Logger } from 'pino';
import { type BillingAlarm, billingAlarms } from '../billing/alarms.js';
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

/** Billing as the process runs it. */
export interface OpenBilling extends Billing {
  /** Lines for `/metrics`. */
  metrics(): readonly string[];
}

/** Billing over a database; nothing when Lemon Squeezy is not configured, and then there are no such routes. */
export function openBilling(
  config: BillingConfig,
  database: Database,
  clock: Clock,
  logger: Logger,
): OpenBilling | undefined {
  const {
    lemonSqueezyApiKey: apiKey,
    lemonSqueezyStoreId: storeId,
    lemonSqueezyWebhookSecret: webhookSecret,
    lemonSqueezyVariantPro: pro,
    lemonSqueezyVariantPromax: promax,
  } = config;
  if (!apiKey || !storeId || !webhookSecret || !pro || !promax) return undefined;
  const alarms = new BillingAlarms(logger);
  const billing = createBilling(
    {
      tenants: createTenantDoor(database),
      system: createSystemDoor(database),
      lemonSqueezy: createLemonSqueezy({ apiBase: config.lemonSqueezyApiBase, apiKey }),
      shop: { storeId, testMode: config.lemonSqueezyTestMode, variants: { pro, promax } },
      clock,
      publicUrl: config.publicUrl,
      onAlarm: (alarm, about) => alarms.raise(alarm, about),
    },
    webhookSecret,
  );
  return { ...billing, metrics: () => alarms.metrics() };
}

/** Says in the log, and counts, what an operator should look at. Never holds a person's data. */
class BillingAlarms {
  readonly #logger: Logger;
  readonly #raised = new Map<BillingAlarm, number>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  raise(alarm: BillingAlarm, about: object): void {
    this.#raised.set(alarm, (this.#raised.get(alarm) ?? 0) + 1);
    this.#logger.error({ ...about, alarm }, billingAlarms[alarm]);
  }

  /** Every reason from the start, so that the first of its kind shows as a step. */
  metrics(): readonly string[] {
    const name = 'stellar_billing_alarms_total';
    const reasons = Object.keys(billingAlarms) as BillingAlarm[];
    return [
      `# HELP ${name} What an operator of billing should look at; the log says more.`,
      `# TYPE ${name} counter`,
      ...reasons.map((reason) => `${name}{reason="${reason}"} ${this.#raised.get(reason) ?? 0}`),
    ];
  }
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
