import type { BlockList } from 'node:net';
import { type Option, option } from './config/option.js';
import {
  bearer,
  digits,
  oneOf,
  port,
  secretOf,
  share,
  signingSecret,
  text,
  trueOrFalse,
  url,
  wholeNumber,
} from './config/parsers.js';
import { trustedProxies } from './config/trusted-proxies.js';

/**
 * Every option of the server. Environment variables, flags of `serve`, `docs/reference/configuration.md`
 * and the type of `Config` all come from this table.
 */
export const options = {
  host: option({
    env: 'STELLAR_HOST',
    flag: '--host <address>',
    about: 'Address to listen on. The default is reachable from this machine only.',
    fallback: '127.0.0.1',
    parse: text,
  }),
  port: option({
    env: 'STELLAR_PORT',
    flag: '--port <number>',
    about: 'Port to listen on; 0 takes any free one.',
    fallback: 9000,
    parse: port,
  }),
  dataDir: option({
    env: 'STELLAR_DATA_DIR',
    flag: '--data-dir <folder>',
    about:
      'Folder of the embedded database, its secret and the local key. Unused with DATABASE_URL.',
    fallback: '.stellar',
    parse: text,
  }),
  databaseUrl: option<string | undefined>({
    env: 'DATABASE_URL',
    about:
      'Postgres as the app role `stellar_app` (a transaction-mode pooler is fine). Unset: the embedded database.',
    fallback: undefined,
    fallbackText: 'unset: embedded',
    secret: true,
    parse: url('postgres', 'postgresql'),
  }),
  databaseDirectUrl: option<string | undefined>({
    env: 'DATABASE_DIRECT_URL',
    about:
      'Postgres as the owner of the schema, without a pooler: for migrations. At start it is used only to fill an empty database.',
    fallback: undefined,
    secret: true,
    parse: url('postgres', 'postgresql'),
  }),
  redisUrl: option<string | undefined>({
    env: 'REDIS_URL',
    about:
      'Redis over which nodes wake each other when memories changed, instead of over DATABASE_DIRECT_URL (needs `@redis/client`). It holds nothing.',
    fallback: undefined,
    fallbackText: 'unset: over DATABASE_DIRECT_URL',
    secret: true,
    parse: url('redis', 'rediss'),
  }),
  adminToken: option<string | undefined>({
    env: 'STELLAR_ADMIN_TOKEN',
    about:
      'Bearer token of the operator for `/admin`. Use 32 random characters or more. Unset: there is no `/admin`.',
    fallback: undefined,
    fallbackText: 'unset: no `/admin`',
    secret: true,
    parse: bearer,
  }),
  secret: option<string | undefined>({
    env: 'STELLAR_SECRET',
    about:
      'Keys the hashes of API keys; 32 bytes or more, the same on every node. Changing it invalidates every key.',
    fallback: undefined,
    fallbackText: 'embedded: made at first start and kept in the data folder; otherwise required',
    secret: true,
    parse: secretOf(32),
  }),
  publicUrl: option<string | undefined>({
    env: 'STELLAR_PUBLIC_URL',
    flag: '--public-url <url>',
    about: 'Address under which clients reach the server, for links in answers.',
    fallback: undefined,
    fallbackText: 'the address it listens on',
    parse: url('http', 'https'),
  }),
  rateLimits: option<'tier' | 'off'>({
    env: 'STELLAR_RATE_LIMITS',
    about:
      'Requests a minute: `tier` limits each account by its tier and strangers by address; `off` is for benchmarks on loopback.',
    fallback: 'tier',
    parse: oneOf('tier', 'off'),
  }),
  trustedProxies: option<BlockList | undefined>({
    env: 'STELLAR_TRUSTED_PROXIES',
    about:
      'Addresses and networks, with commas, of the proxies in front: their `X-Forwarded-For` says who a stranger is. Unset: the header is not read.',
    fallback: undefined,
    parse: trustedProxies,
  }),
  embeddingsProvider: option<'openai' | 'compatible' | 'local' | undefined>({
    env: 'EMBEDDINGS_PROVIDER',
    about:
      'Recall by meaning too: `openai`, `compatible` for another server that speaks the same (Ollama, TEI, vLLM …) and is not told the dimension, or `local` for a model in this process (needs `@huggingface/transformers`). Unset: by words alone.',
    fallback: undefined,
    fallbackText: 'unset: words alone',
    parse: oneOf('openai', 'compatible', 'local'),
  }),
  embeddingsUrl: option<string | undefined>({
    env: 'EMBEDDINGS_URL',
    about: 'Base URL of the embedder; `/embeddings` is appended.',
    fallback: undefined,
    fallbackText: 'with `openai`: `https://api.openai.com/v1`; with `compatible` required',
    parse: url('http', 'https'),
  }),
  embeddingsModel: option<string | undefined>({
    env: 'EMBEDDINGS_MODEL',
    about:
      'Name of the model, as the embedder knows it; of a `local` one its folder, or its name on the Hugging Face hub. Another one begins to embed everything anew.',
    fallback: undefined,
    fallbackText: 'required with `EMBEDDINGS_PROVIDER`',
    parse: text,
  }),
  embeddingsApiKey: option<string | undefined>({
    env: 'EMBEDDINGS_API_KEY',
    about: 'Key of the embedder, sent as a bearer token to `EMBEDDINGS_URL` only.',
    fallback: undefined,
    secret: true,
    parse: bearer,
  }),
  embeddingsDimensions: option<number | undefined>({
    env: 'EMBEDDINGS_DIMENSIONS',
    about: 'Length of the model’s vectors, 1 to 4,000.',
    fallback: undefined,
    fallbackText: 'required with `EMBEDDINGS_PROVIDER`',
    parse: wholeNumber(1, 4_000),
  }),
  embeddingsQueryPrefix: option<string | undefined>({
    env: 'EMBEDDINGS_QUERY_PREFIX',
    about: 'Put before each query, with a blank in between, for models trained so: `query:`.',
    fallback: undefined,
    parse: text,
  }),
  embeddingsDocumentPrefix: option<string | undefined>({
    env: 'EMBEDDINGS_DOCUMENT_PREFIX',
    about: 'The same before each memory: `passage:`.',
    fallback: undefined,
    parse: text,
  }),
  llmUrl: option<string | undefined>({
    env: 'LLM_URL',
    about:
      'Base URL of a language model that writes narratives (`POST /api/v1/narrate`); `/chat/completions` is appended. It is given memories of the asking account, and each narrative takes up to about 5,000 tokens.',
    fallback: undefined,
    fallbackText: 'unset: narratives by rules',
    parse: url('http', 'https'),
  }),
  llmModel: option<string | undefined>({
    env: 'LLM_MODEL',
    about: 'Name of the model, as LLM_URL knows it.',
    fallback: undefined,
    fallbackText: 'required with `LLM_URL`',
    parse: text,
  }),
  llmApiKey: option<string | undefined>({
    env: 'LLM_API_KEY',
    about: 'Key of the model, sent as a bearer token to `LLM_URL` only.',
    fallback: undefined,
    secret: true,
    parse: bearer,
  }),
  lemonSqueezyApiKey: option<string | undefined>({
    env: 'LEMONSQUEEZY_API_KEY',
    about: 'Key of the Lemon Squeezy API. Set all of LEMONSQUEEZY_… but the last two, or none.',
    fallback: undefined,
    fallbackText: 'unset: nothing is sold',
    secret: true,
    parse: bearer,
  }),
  lemonSqueezyStoreId: option<string | undefined>({
    env: 'LEMONSQUEEZY_STORE_ID',
    about: 'Number of the store; events of another are refused.',
    fallback: undefined,
    parse: digits,
  }),
  lemonSqueezyWebhookSecret: option<string | undefined>({
    env: 'LEMONSQUEEZY_WEBHOOK_SECRET',
    about:
      'Signing secret of the webhook to `/webhook/lemonsqueezy`: 16 to 40 characters, the same in the store.',
    fallback: undefined,
    secret: true,
    parse: signingSecret,
  }),
  lemonSqueezyVariantPro: option<string | undefined>({
    env: 'LEMONSQUEEZY_VARIANT_PRO',
    about: 'Number of the variant that sells `pro`.',
    fallback: undefined,
    parse: digits,
  }),
  lemonSqueezyVariantPromax: option<string | undefined>({
    env: 'LEMONSQUEEZY_VARIANT_PROMAX',
    about: 'Number of the variant that sells `promax`.',
    fallback: undefined,
    parse: digits,
  }),
  lemonSqueezyTestMode: option({
    env: 'LEMONSQUEEZY_TEST_MODE',
    about:
      'Whether money is pretended: `true` takes purchases of the test mode only, `false` real ones only.',
    fallback: false,
    parse: trueOrFalse,
  }),
  lemonSqueezyApiBase: option({
    env: 'LEMONSQUEEZY_API_BASE',
    about: 'Where its API is; `npm run fake:lemonsqueezy` is one to try with.',
    fallback: 'https://api.lemonsqueezy.com',
    parse: url('http', 'https'),
  }),
  smtpUrl: option<string | undefined>({
    env: 'SMTP_URL',
    about:
      'Mail server for codes, for example `smtps://user:password@mail.example.com`. Embedded without it: codes are shown in the log.',
    fallback: undefined,
    fallbackText: 'unset: no sign-up on Postgres',
    secret: true,
    parse: url('smtp', 'smtps'),
  }),
  smtpFrom: option<string | undefined>({
    env: 'SMTP_FROM',
    about:
      'Sender of its mails, for example `Stellar Memory <no-reply@example.com>`. Required with SMTP_URL.',
    fallback: undefined,
    parse: text,
  }),
  embeddingsWeight: option({
    env: 'EMBEDDINGS_WEIGHT',
    about:
      'What meaning counts against words in the order of results, 0 to 1: 0.15 does little harm with a poor model, a strong one may earn more.',
    fallback: 0.15,
    parse: share,
  }),
  logLevel: option({
    env: 'LOG_LEVEL',
    flag: '--log-level <level>',
    about: 'Least important messages to log: fatal, error, warn, info, debug, trace or silent.',
    fallback: 'info',
    parse: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
  }),
} as const;

/** Name of an option, as flags of `serve` are called too. */
export type OptionName = keyof typeof options;

type ValueOf<Definition> = Definition extends Option<infer Value> ? Value : never;

/** What the server was told. */
export type Config = { readonly [Name in OptionName]: ValueOf<(typeof options)[Name]> };
