import { randomBytes } from 'node:crypto';
import type { SoldTier } from '@stellar-memory/protocol';
import { runInBackground } from '../../../src/app/background.js';
import type { Engine } from '../../../src/app/engine.js';
import { createServices } from '../../../src/app/services.js';
import { createHttpServer } from '../../../src/http/http-server.js';
import { createLogger } from '../../../src/http/logger.js';
import type { UpgradeOptions } from '../../../src/http/sync-upgrade.js';
import type { SharedModel } from '../../../src/memory/narrate/shared-model.js';
import type { TestDatabase } from '../../support/engines.js';
import { jsonBody, send } from './exchange.js';

const operatorToken = 'operator-token-of-the-full-server';

/** The whole server over a test database, as app.ts wires it, with what it logged. */
export interface FullServer {
  readonly url: string;
  readonly operatorToken: string;
  readonly log: readonly string[];
  /** Makes an account and returns its key. */
  readonly createAccount: (
    email: string,
    tier?: SoldTier,
  ) => Promise<{ userId: string; key: string }>;
  /** Writes what recalls have counted so far. */
  readonly flush: () => Promise<void>;
  /** What the server does by itself now and then. */
  readonly pollHeads: () => Promise<void>;
  readonly renewLeases: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What a test may set; two servers over one database need one secret. */
export interface FullServerOptions extends Partial<Engine> {
  /** Writes narratives. */
  readonly model?: SharedModel;
  /** Patience with sockets. */
  readonly patience?: Pick<
    UpgradeOptions['sockets'],
    'helloMs' | 'heartbeatMs' | 'pongMs' | 'slowMs'
  >;
}

/** Starts the server on a free port. */
export async function startFullServer(
  db: TestDatabase,
  { model, patience, ...engine }: FullServerOptions = {},
): Promise<FullServer> {
  const log: string[] = [];
  const logger = createLogger('info', { write: (line) => void log.push(line) });
  const secret = engine.secret ?? randomBytes(32).toString('hex');
  const services = createServices(
    { database: db.database, storage: 'a test', ...engine, secret },
    logger,
    undefined,
    { model },
  );
  const http = createHttpServer({
    ...services,
    sockets: { ...services.sockets, ...patience },
    moreMetrics: () => services.sockets.metrics.lines(),
    config: { host: '127.0.0.1', port: 0, version: '1.1.0' },
    admin: { accounts: services.accounts, token: operatorToken },
    logger,
  });
  const access = runInBackground(
    () => services.access.run(),
    500,
    (err) => logger.error({ err }),
  );
  const { url } = await http.listen();
  return {
    url,
    operatorToken,
    log,
    createAccount: (email, tier) => createAccount(url, email, tier),
    flush: () => services.memories.flush(),
    pollHeads: () => services.headPoll.run(),
    renewLeases: () => services.keeper.run(),
    close: async () => {
      services.sync.stop();
      await access.stop();
      await http.close();
      await services.index.close();
      await services.metering.warnings.flush();
      await services.memories.flush();
      await services.authenticator.flush();
      await services.bus.flush();
      await services.wakes?.close();
    },
  };
}

async function createAccount(
  url: string,
  email: string,
  tier: SoldTier = 'promax',
): Promise<{ userId: string; key: string }> {
  const headers = { Authorization: `Bearer ${operatorToken}` };
  const body = { email, tier };
  const { json } = await send(`${url}/admin/users`, jsonBody(body, headers));
  const { user_id, api_key } = json as { user_id: string; api_key: string };
  return { userId: user_id, key: api_key };
}
