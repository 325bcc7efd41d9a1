import type { Logger } from 'pino';
import { maintainErasures } from './app/account-erasure.js';
import { type Background, runInBackground } from './app/background.js';
import { maintainBilling, type OpenBilling, openBilling } from './app/billing.js';
import { openEmbeddedEngine } from './app/embedded-engine.js';
import type { Engine, LocalAccess } from './app/engine.js';
import { openLanguageModel } from './app/language-model.js';
import { type OpenMailer, openMailer } from './app/mailer.js';
import { assertCanListen, listenRefused } from './app/port.js';
import { openPostgresEngine } from './app/postgres-engine.js';
import { createServices, type Services } from './app/services.js';
import { openSignIn, pagesUrl, type SignIn } from './app/sign-in.js';
import { mailUsageWarnings } from './app/usage-mails.js';
import { openVectors } from './app/vectors.js';
import { version } from './app/version.js';
import type { Config } from './config.js';
import { createHttpServer, type HttpServer } from './http/http-server.js';

/** What a start has to say. */
export interface StartFacts {
  readonly version: string;
  /** Address that clients on this machine reach. */
  readonly url: string;
  /** Where the data is, in a few words. */
  readonly storage: string;
  readonly local: LocalAccess | undefined;
  readonly hasAdmin: boolean;
}

/** A running server. */
export interface App {
  readonly facts: StartFacts;
  /** Drains: turns new requests away, answers those it has, writes what is held in memory, closes. */
  stop(): Promise<void>;
}

/** Milliseconds between writes of recall counts; a crash loses at most these. */
const recallFlushMs = 1_000;
/** Milliseconds between looks for memories without a vector: what a node stores itself is embedded at once. */
const embeddingSweepMs = 30_000;
/** Milliseconds between two looks for memories that are due to leave their zone. */
const orbitSweepMs = 60_000;
/** Milliseconds between two exchanges with the other nodes of what was charged. */
const rateSharingMs = 1_000;
/** Milliseconds between looks for tenants whose counters are due for their daily check. */
const usageCheckMs = 3_600_000;
/** Milliseconds between erasures of what was forgotten more than a week ago. */
const erasingMs = 3_600_000;
/** Milliseconds between looks for tenants who have memories forgotten by themselves; each is looked at once a day. */
const forgettingMs = 600_000;
/** Milliseconds between looks for changes whose wake was lost, or that another program made. */
const headPollMs = 1_000;
/** Milliseconds between looks whether who stays connected may: a revocation is felt everywhere in less than a second. */
const accessCheckMs = 500;
/** Milliseconds between renewals of the leases of connected agents; a lease lasts three of them. */
const leaseRenewalMs = 20_000;
/** Milliseconds between writes of last-used times. */
const lastUsedFlushMs = 5_000;

/**
 * Opens the engine, wires everything and listens.
 * Errors: `StartRefused` for what the operator can mend. Nothing stays open after an error.
 */
export async function startApp(config: Config, logger: Logger): Promise<App> {
  await assertCanListen(config);
  const engine = await openEngine(config, logger);
  const upgradeUrl = `${pagesUrl(config)}/pricing`;
  try {
    const vectors = await openVectors(config, engine.database);
    const services = createServices(engine, logger, vectors, {
      upgradeUrl,
      model: openLanguageModel(config, logger),
    });
    const billing = openBilling(config, engine.database, services.clock, logger);
    const mailer = openMailer(config, logger);
    const signIn = mailer && openSignIn(config, engine, services, mailer, logger);
    const http = createHttp(config, { services, billing, signIn }, logger);
    const { url } = await listen(http, config);
    const background = [
      ...startBackground(services, logger),
      ...(billing === undefined ? [] : [maintainBilling(billing, logger)]),
      maintainErasures(
        { database: engine.database, clock: services.clock, billing, mailer },
        logger,
      ),
      ...(mailer === undefined
        ? []
        : [mailUsageWarnings(engine.database, mailer, { ...services, upgradeUrl }, logger)]),
    ];
    return {
      facts: factsOf(config, engine, url),
      stop: () => stop({ engine, services, billing, signIn, mailer, http, background }, logger),
    };
  } catch (error) {
    await engine.database.close();
    throw error;
  }
}

const openEngine = (config: Config, logger: Logger): Promise<Engine> =>
  config.databaseUrl === undefined
    ? openEmbeddedEngine(config, logger)
    : openPostgresEngine(config, logger);

function createHttp(
  config: Config,
  { services, billing, signIn }: Serving,
  logger: Logger,
): HttpServer {
  const { host, port, publicUrl, adminToken } = config;
  const { memories, life, context, authenticator, apiKeys } = services;
  const { usage, transfer, audit, accounts, readiness, clock } = services;
  return createHttpServer({
    config: { host, port, publicUrl, version },
    memories,
    life,
    context,
    authenticator,
    apiKeys,
    usage,
    transfer,
    audit,
    rates:
      config.rateLimits === 'off'
        ? undefined
        : { limits: services.limiter.limits, trustedProxies: config.trustedProxies },
    sync: services.sync,
    sockets: services.sockets,
    tickets: services.tickets,
    admin: adminToken === undefined ? undefined : { accounts, token: adminToken },
    billing,
    signIn,
    readiness,
    logger,
    clock,
    moreMetrics: () => [
      ...services.metering.metrics(),
      ...services.sockets.metrics.lines(),
      ...(billing?.metrics() ?? []),
      ...(services.embedding?.metrics() ?? []),
    ],
  });
}

async function listen(http: HttpServer, config: Config): Promise<{ url: string }> {
  try {
    return await http.listen();
  } catch (error) {
    throw listenRefused(config, error);
  }
}

const factsOf = (config: Config, engine: Engine, url: string): StartFacts => ({
  version,
  url,
  storage: engine.storage,
  local: engine.local,
  hasAdmin: config.adminToken !== undefined,
});

const startBackground = (services: Services, logger: Logger): Background[] => [
  ...startEmbedding(services, logger),
  runInBackground(
    () => services.limiter.share(),
    rateSharingMs,
    (err) =>
      logger.warn({ err }, 'rate limits were not shared; until they are each node limits alone'),
  ),
  runInBackground(
    () => services.orbits.sweep(),
    orbitSweepMs,
    (err) => logger.warn({ err }, 'the sweep of orbits was cut off; the next one goes on'),
  ),
  runInBackground(
    () => services.metering.verify(),
    usageCheckMs,
    (err) => logger.warn({ err }, 'the check of usage counters was cut off; it goes on later'),
  ),
  runInBackground(
    () => services.erasing.run(),
    erasingMs,
    (err) => logger.warn({ err }, 'forgotten memories were not all erased; it goes on in an hour'),
  ),
  runInBackground(
    () => services.forgetting.sweep(),
    forgettingMs,
    (err) => logger.warn({ err }, 'automatic forgetting was cut off; the next sweep goes on'),
  ),
  runInBackground(
    () => services.memories.flush(),
    recallFlushMs,
    (err) =>
      logger.warn({ err }, 'recall counts could not be written; they are kept for the next try'),
  ),
  runInBackground(
    () => services.headPoll.run(),
    headPollMs,
    (err) => logger.warn({ err }, 'changes of other nodes could not be looked for'),
  ),
  runInBackground(
    () => services.access.run(),
    accessCheckMs,
    (err) => logger.warn({ err }, 'who stays connected could not be checked; it is tried again'),
  ),
  runInBackground(
    () => services.keeper.run(),
    leaseRenewalMs,
    (err) => logger.warn({ err }, 'leases of agents were not renewed; it is tried again'),
  ),
  runInBackground(
    () => services.authenticator.flush(),
    lastUsedFlushMs,
    (err) =>
      logger.warn({ err }, 'last-used times could not be written; they are kept for the next try'),
  ),
];

/** The first look is at once: an earlier life may have left much to do. */
function startEmbedding({ embedding }: Services, logger: Logger): Background[] {
  if (embedding === undefined) return [];
  const failed = (err: unknown): void =>
    logger.warn({ err }, 'the look for memories without a vector failed; it is repeated');
  embedding.sweep().catch(failed);
  return [runInBackground(() => embedding.sweep(), embeddingSweepMs, failed)];
}

/** What requests are served with. */
interface Serving {
  readonly services: Services;
  readonly billing: OpenBilling | undefined;
  readonly signIn: SignIn | undefined;
}

interface Running extends Serving {
  readonly mailer: OpenMailer | undefined;
  readonly engine: Engine;
  readonly http: HttpServer;
  readonly background: readonly Background[];
}

/** Each step runs whatever became of the one before: what can be saved is saved, and the database is closed. */
async function stop(
  { engine, services, billing, signIn, mailer, http, background }: Running,
  logger: Logger,
): Promise<void> {
  const steps: [string, () => Promise<unknown>][] = [
    ['streams', async () => services.sync.stop()],
    ['requests', () => http.close()],
    ['metering', async () => services.metering.stop()],
    ['erasing', async () => services.erasing.stop()],
    ['forgetting', async () => services.forgetting.stop()],
    ['orbits', async () => services.orbits.stop()],
    ['background', () => Promise.all(background.map((task) => task.stop()))],
    ['mails', async () => signIn?.idle()],
    ['mailer', async () => mailer?.close()],
    ['events of billing', async () => billing?.idle()],
    ['usage warnings', () => services.metering.warnings.flush()],
    ['index', () => services.index.close()],
    ['recall counts', () => services.memories.flush()],
    ['last-used times', () => services.authenticator.flush()],
    ['wakes', () => services.bus.flush()],
    ['channel of wakes', async () => services.wakes?.close()],
    ['database', () => engine.database.close()],
  ];
  for (const [step, run] of steps) {
    await run().catch((err: unknown) => logger.error({ err, step }, 'a step of the drain failed'));
  }
}
