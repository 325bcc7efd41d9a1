// A Lemon Squeezy to try purchases with, on this machine: npm run fake:lemonsqueezy. docs/guides/billing.md walks
// through it. Nothing is paid, nothing leaves the machine.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { startFakeLemonSqueezy } from './fake-lemonsqueezy.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '9100' },
    webhook: { type: 'string', default: 'http://127.0.0.1:9000/webhook/lemonsqueezy' },
    'retry-scale': { type: 'string', default: '1' },
  },
});

const settings = {
  LEMONSQUEEZY_API_KEY: 'fake-api-key',
  LEMONSQUEEZY_STORE_ID: '1',
  LEMONSQUEEZY_WEBHOOK_SECRET: 'fake-webhook-secret',
  LEMONSQUEEZY_VARIANT_PRO: '101',
  LEMONSQUEEZY_VARIANT_PROMAX: '102',
  LEMONSQUEEZY_API_BASE: `http://127.0.0.1:${values.port}`,
};

const fake = await startFakeLemonSqueezy({
  port: Number(values.port),
  webhookUrl: values.webhook,
  webhookSecret: settings.LEMONSQUEEZY_WEBHOOK_SECRET,
  apiKey: settings.LEMONSQUEEZY_API_KEY,
  storeId: Number(settings.LEMONSQUEEZY_STORE_ID),
  retryScale: Number(values['retry-scale']),
});

process.stdout.write(`A fake of Lemon Squeezy is at ${fake.origin}; its webhooks go to ${values.webhook}
Start the server with:

${Object.entries(settings)
  .map(([name, value]) => `export ${name}=${value}`)
  .join('\n')}

Buy:      curl -X POST -d '{}' <the checkout's url>/buy
Happen:   curl -X POST ${fake.origin}/dashboard/subscriptions/<id>/cancel
          (renew, fail-payment, give-up, recover, cancel, resume, expire, pause-free, pause-void, unpause, refund)
`);

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    void fake.close();
  });
