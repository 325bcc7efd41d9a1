import type { ConfigRule } from './read-config.js';

const secretWithPostgres: ConfigRule = (isSet) =>
  isSet('databaseUrl') && !isSet('secret')
    ? 'STELLAR_SECRET is required with DATABASE_URL: the same 32 bytes or more on every node. ' +
      'Make one with: openssl rand -base64 48'
    : undefined;

const directNeedsApp: ConfigRule = (isSet) =>
  isSet('databaseDirectUrl') && !isSet('databaseUrl')
    ? 'DATABASE_DIRECT_URL is set without DATABASE_URL: set DATABASE_URL to the login of the app role ' +
      '`stellar_app`, or unset both to use the embedded database.'
    : undefined;

const redisNeedsPostgres: ConfigRule = (isSet) =>
  isSet('redisUrl') && !isSet('databaseUrl')
    ? 'REDIS_URL is set without DATABASE_URL: the embedded database has one node, which nobody else wakes.'
    : undefined;

const selling = [
  ['lemonSqueezyApiKey', 'LEMONSQUEEZY_API_KEY'],
  ['lemonSqueezyStoreId', 'LEMONSQUEEZY_STORE_ID'],
  ['lemonSqueezyWebhookSecret', 'LEMONSQUEEZY_WEBHOOK_SECRET'],
  ['lemonSqueezyVariantPro', 'LEMONSQUEEZY_VARIANT_PRO'],
  ['lemonSqueezyVariantPromax', 'LEMONSQUEEZY_VARIANT_PROMAX'],
] as const;

/** Half a shop would take money and give nothing for it. */
const wholeShop: ConfigRule = (isSet) => {
  const missing = selling.filter(([name]) => !isSet(name)).map(([, env]) => env);
  return missing.length === 0 || missing.length === selling.length
    ? undefined
    : `To sell with Lemon Squeezy, set ${missing.join(', ')} too; to sell nothing, unset the others.`;
};

const senderOfMail: ConfigRule = (isSet) =>
  isSet('smtpUrl') && !isSet('smtpFrom')
    ? 'SMTP_FROM is required with SMTP_URL: mails need a sender, for example no-reply@example.com.'
    : undefined;

const ownerToMigrate: ConfigRule = (isSet) =>
  isSet('databaseDirectUrl')
    ? undefined
    : 'DATABASE_DIRECT_URL is required: the connection of the schema owner, without a pooler. ' +
      'The embedded database needs no command; it migrates itself when the server starts.';

const wholeEmbedder: ConfigRule = (isSet) =>
  isSet('embeddingsProvider') && !(isSet('embeddingsModel') && isSet('embeddingsDimensions'))
    ? 'EMBEDDINGS_MODEL and EMBEDDINGS_DIMENSIONS are required with EMBEDDINGS_PROVIDER: the name of the model and ' +
      'the length of its vectors.'
    : undefined;

const namedModel: ConfigRule = (isSet) =>
  isSet('llmUrl') === isSet('llmModel')
    ? undefined
    : 'LLM_URL and LLM_MODEL are required together: where the language model is, and its name there.';

/** What serving needs. */
export const servingRules: readonly ConfigRule[] = [
  secretWithPostgres,
  directNeedsApp,
  redisNeedsPostgres,
  wholeEmbedder,
  namedModel,
  wholeShop,
  senderOfMail,
];

/** What migrating needs. */
export const migratingRules: readonly ConfigRule[] = [ownerToMigrate, wholeEmbedder];

const embedderToReindex: ConfigRule = (isSet) =>
  isSet('databaseUrl') && isSet('embeddingsProvider')
    ? undefined
    : 'DATABASE_URL and EMBEDDINGS_PROVIDER are required. A server on the embedded engine embeds by itself: ' +
      'start it with the EMBEDDINGS_… variables and watch stellar_embedding_backlog_documents on /metrics.';

/** What work on vectors needs. */
export const embeddingRules: readonly ConfigRule[] = [embedderToReindex, wholeEmbedder];

/** What taking vectors away needs. */
export const pruningRules: readonly ConfigRule[] = [...embeddingRules, ownerToMigrate];
