import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { soldTiers, tierLimits } from '@stellar-memory/protocol';
import { expect, test } from 'vitest';
import { verifies } from '../support/verifies.js';

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
