import { describe, expect, test } from 'vitest';
import { type ConfigSources, readConfig } from '../../src/config/read-config.js';
import { migratingRules, servingRules } from '../../src/config/rules.js';
import { StartRefused } from '../../src/config/start-refused.js';

const long = 'x'.repeat(32);
const postgres = { DATABASE_URL: 'postgres://app:hunter2@db/stellar', STELLAR_SECRET: long };

function problemsOf(sources: ConfigSources, rules = servingRules): readonly string[] {
  try {
    readConfig(sources, rules);
    return [];
  } catch (error) {
    if (error instanceof StartRefused) return error.problems;
    throw error;
  }
}

describe('configuration', () => {
  test('of nothing is the embedded engine on loopback', () => {
    expect(readConfig({ env: {} }, servingRules)).toEqual({
      host: '127.0.0.1',
      port: 9000,
      dataDir: '.stellar',
      databaseUrl: undefined,
      databaseDirectUrl: undefined,
      adminToken: undefined,
      secret: undefined,
      publicUrl: undefined,
      rateLimits: 'tier',
      trustedProxies: undefined,
      embeddingsProvider: undefined,
      embeddingsUrl: undefined,
      embeddingsModel: undefined,
      embeddingsApiKey: undefined,
      embeddingsDimensions: undefined,
      embeddingsQueryPrefix: undefined,
      embeddingsDocumentPrefix: undefined,
      llmUrl: undefined,
      llmModel: undefined,
      llmApiKey: undefined,
      lemonSqueezyApiKey: undefined,
      lemonSqueezyStoreId: undefined,
      lemonSqueezyWebhookSecret: undefined,
      lemonSqueezyVariantPro: undefined,
      lemonSqueezyVariantPromax: undefined,
      lemonSqueezyTestMode: false,
      lemonSqueezyApiBase: 'https://api.lemonsqueezy.com',
      smtpUrl: undefined,
      smtpFrom: undefined,
      embeddingsWeight: 0.15,
      logLevel: 'info',
    });
  });

  test('takes a flag before a variable, and an empty variable as unset', () => {
    const env = { STELLAR_PORT: '1', STELLAR_HOST: '', LOG_LEVEL: 'debug' };
    const config = readConfig({ env, flags: { port: '2' } });
    expect(config).toMatchObject({ port: 2, host: '127.0.0.1', logLevel: 'debug' });
  });

  test('reports every problem at once', () => {
    const env = {
      STELLAR_PORT: '99999',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://db',
      STELLAR_PUBLIC_URL: 'memory.example',
    };
    expect(problemsOf({ env })).toEqual([
      'STELLAR_PORT must be a number from 0 to 65535, not "99999".',
      'DATABASE_URL must begin with postgres:// or postgresql://.',
      'STELLAR_PUBLIC_URL must be a URL that begins with http:// or https://, not "memory.example".',
      'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent, not "loud".',
      expect.stringMatching(/^STELLAR_SECRET is required with DATABASE_URL/),
    ]);
  });

  test('sells all or nothing: half a shop is refused with what is missing', () => {
    const env = { LEMONSQUEEZY_API_KEY: 'key', LEMONSQUEEZY_WEBHOOK_SECRET: 'x'.repeat(16) };
    const [problem] = problemsOf({ env });
    for (const name of ['STORE_ID', 'VARIANT_PRO', 'VARIANT_PROMAX'])
      expect(problem).toContain(`LEMONSQUEEZY_${name}`);
    expect(problemsOf({ env: { LEMONSQUEEZY_WEBHOOK_SECRET: 'short' } })[0]).toMatch(/16 to 40/);
  });

  test('names the flag when the flag is wrong', () => {
    expect(problemsOf({ env: {}, flags: { port: 'http' } })[0]).toMatch(/^--port <number> must/);
  });

  test('never prints a secret, however wrong it is', () => {
    const env = {
      STELLAR_SECRET: 'hunter2',
      DATABASE_URL: 'hunter2',
      DATABASE_DIRECT_URL: 'ftp://hunter2',
    };
    const problems = problemsOf({ env });
    expect(problems).toHaveLength(3);
    expect(problems.join()).not.toContain('hunter2');
  });

  test('of Postgres needs a secret of 32 bytes', () => {
    expect(problemsOf({ env: { DATABASE_URL: postgres.DATABASE_URL } })).toHaveLength(1);
    expect(problemsOf({ env: { ...postgres, STELLAR_SECRET: long.slice(1) } })).toEqual([
      expect.stringContaining('at least 32 bytes'),
    ]);
    expect(problemsOf({ env: postgres })).toEqual([]);
  });

  test('of an embedder needs a model and its dimension', () => {
    const env = { EMBEDDINGS_PROVIDER: 'compatible', EMBEDDINGS_MODEL: 'e5' };
    expect(problemsOf({ env })).toEqual([
      expect.stringMatching(/^EMBEDDINGS_MODEL and EMBEDDINGS_DIMENSIONS are required/),
    ]);
    expect(problemsOf({ env: { ...env, EMBEDDINGS_DIMENSIONS: '9999' } })).toEqual([
      'EMBEDDINGS_DIMENSIONS must be a whole number from 1 to 4000, not "9999".',
    ]);
    expect(problemsOf({ env: { ...env, EMBEDDINGS_DIMENSIONS: '384' } })).toEqual([]);
  });

  test('refuses an operator token that no header can carry', () => {
    expect(problemsOf({ env: { STELLAR_ADMIN_TOKEN: 'two words' } })).toEqual([
      expect.stringMatching(/^STELLAR_ADMIN_TOKEN must be printable ASCII without blanks/),
    ]);
  });

  test('counts bytes of a secret, not characters', () => {
    expect(problemsOf({ env: { ...postgres, STELLAR_SECRET: '별'.repeat(11) } })).toEqual([]);
  });

  test('with an owner but no app role is refused: the owner never serves', () => {
    const env = { DATABASE_DIRECT_URL: 'postgres://owner@db/stellar' };
    expect(problemsOf({ env })).toEqual([
      expect.stringContaining('DATABASE_DIRECT_URL is set without'),
    ]);
    expect(problemsOf({ env }, migratingRules)).toEqual([]);
  });

  test('with Redis but one node is refused, and its password is told to nobody', () => {
    const env = { REDIS_URL: 'redis://:hush@cache' };
    expect(problemsOf({ env })).toEqual([expect.stringContaining('REDIS_URL is set without')]);
    expect(problemsOf({ env: { ...postgres, ...env } })).toEqual([]);
    const wrong = problemsOf({ env: { ...postgres, REDIS_URL: 'http://:hush@cache' } });
    expect(wrong).toEqual([expect.stringMatching(/^REDIS_URL (?!.*hush)/)]);
  });

  test('of a migration needs the owner', () => {
    expect(problemsOf({ env: postgres }, migratingRules)).toEqual([
      expect.stringContaining('DATABASE_DIRECT_URL is required'),
    ]);
  });
});
