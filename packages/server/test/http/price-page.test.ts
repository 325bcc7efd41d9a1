import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { soldTiers, tierLimits } from '@stellar-memory/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';
import { send } from './support/exchange.js';
import { type FullServer, startFullServer } from './support/full-server.js';

/** What the plan's price page says, in its own numbers. */
const pricePage = {
  free: { pricePerMonthUsd: 0, memories: 1_000, agents: 1, requestsPerMinute: 60, apiKeys: 1 },
  pro: { pricePerMonthUsd: 15, memories: 50_000, agents: 5, requestsPerMinute: 300, apiKeys: 5 },
  promax: {
    pricePerMonthUsd: 29,
    memories: 500_000,
    agents: null,
    requestsPerMinute: 1_000,
    apiKeys: 20,
  },
};

test('the one source of limits says what the price page says', () => {
  verifies('F3', 'FR-06', 'FR-07', 'FR-08');
  for (const tier of soldTiers) expect(tierLimits[tier]).toEqual(pricePage[tier]);
});

test('the documentation says it too', async () => {
  verifies('F3', 'FR-06', 'FR-08');
  const page = new URL('../../../../docs/reference/tiers-and-limits.md', import.meta.url);
  const rows = (await readFile(fileURLToPath(page), 'utf8')).split('\n');
  const shown = (value: number | null) => value?.toLocaleString('en-US') ?? 'unlimited';
  for (const tier of soldTiers) {
    const { pricePerMonthUsd, memories, agents, requestsPerMinute, apiKeys } = pricePage[tier];
    const cells = [memories, agents, requestsPerMinute, apiKeys].map(shown);
    expect(rows).toContain(`| \`${tier}\` | ${pricePerMonthUsd} | ${cells.join(' | ')} |`);
  }
});

describe('what is served', () => {
  let db: TestDatabase;
  let server: FullServer;
  beforeAll(async () => {
    db = await engines[0]!.open();
    server = await startFullServer(db);
  });
  afterAll(async () => {
    await server.close();
    await db.close();
  });

  test.each([
    ['en', 'unlimited'],
    ['ko', '무제한'],
  ])('the page itself says it, in %s', async (language, unlimited) => {
    verifies('F3', 'FR-06', 'FR-08');
    const { text } = await send(`${server.url}/pricing?lang=${language}`);
    const rows = [...text.matchAll(/<tr data-tier="(\w+)">(.*?)<\/tr>/gs)];
    expect(rows.map(([, tier]) => tier)).toEqual([...soldTiers]);
    for (const [, tier, cells] of rows) {
      const { pricePerMonthUsd, memories, agents, requestsPerMinute, apiKeys } =
        pricePage[tier as keyof typeof pricePage];
      const shown = [memories, agents, requestsPerMinute, apiKeys].map(
        (value) => value?.toLocaleString('en-US') ?? unlimited,
      );
      const said = [...cells!.matchAll(/<td>([^<]*)<\/td>/g)].map(([, cell]) => cell);
      expect(said.slice(0, 5)).toEqual([`$${pricePerMonthUsd}`, ...shown]);
    }
  });

  test('an account of each tier has it, and is refused and sent there beyond', async () => {
    verifies('F3', 'FR-06', 'FR-07', 'FR-08');
    for (const tier of soldTiers) {
      const { key } = await server.createAccount(`${tier}@example.com`, tier);
      const { json } = await send(`${server.url}/auth/usage`, { headers: { 'x-api-key': key } });
      const { memories, agents, requestsPerMinute, apiKeys } = pricePage[tier];
      expect(json).toMatchObject({
        tier,
        memories: { limit: memories },
        agents: { limit: agents },
        api_keys: { limit: apiKeys },
        requests_per_minute: requestsPerMinute,
        upgrade_url: '/pricing',
      });
    }
  });
});
