import type { Logger } from 'pino';
import type { UserId } from '../../../src/domain/ids.js';
import type { HttpConfig } from '../../../src/http/http-config.js';
import {
  createHttpServer,
  type HttpServer,
  type HttpServerOptions,
} from '../../../src/http/http-server.js';
import { createLogger } from '../../../src/http/logger.js';
import {
  AccountsInMemory,
  ApiKeysInMemory,
  alice,
  billingInMemory,
  bob,
  contextInMemory,
  KeyRing,
  lifeOf,
  MemoriesInMemory,
  nothingHappened,
  nothingUsed,
  SilentFeed,
  signInInMemory,
  transferInMemory,
} from './fake-services.js';

export const aliceKey = 'key-of-alice';
export const bobKey = 'key-of-bob';
export const readerKey = 'key-of-alice-that-only-reads';
export const operatorToken = 'operator-token-of-the-test';

/** A listening server over services in memory, and what it logged. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly http: HttpServer;
  readonly memories: MemoriesInMemory;
  readonly keys: KeyRing;
  readonly log: string[];
  readonly close: () => Promise<void>;
}

type Overrides = Partial<Omit<HttpServerOptions, 'config'>> & { config?: Partial<HttpConfig> };

/** Starts a server on a free port. Alice and Bob have keys. */
export async function startServer(overrides: Overrides = {}): Promise<TestServer> {
  const memories = new MemoriesInMemory();
  const keys = new KeyRing().add(aliceKey, alice).add(bobKey, bob).add(readerKey, alice, ['read']);
  const log: string[] = [];
  const http = createHttpServer({
    memories,
    context: noting(contextInMemory, memories.actedFor),
    authenticator: keys,
    apiKeys: new ApiKeysInMemory(),
    life: noting(lifeOf(memories), memories.actedFor),
    usage: nothingUsed,
    transfer: noting(transferInMemory, memories.actedFor),
    audit: nothingHappened,
    sync: new SilentFeed(memories.actedFor),
    admin: { accounts: new AccountsInMemory(), token: operatorToken },
    billing: billingInMemory,
    signIn: signInInMemory,
    readiness: { problems: async () => [] },
    logger: logInto(log),
    clock: { nowMs: () => performance.now() },
    ...overrides,
    config: { host: '127.0.0.1', port: 0, version: '1.1.0', ...overrides.config },
  });
  const { url, port } = await http.listen();
  return { url, port, http, memories, keys, log, close: () => http.close() };
}

/** The same service; notes for whom it is called. */
const noting = <Service extends object>(service: Service, actedFor: UserId[]): Service =>
  new Proxy(service, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: [UserId, ...unknown[]]): unknown => {
        actedFor.push(args[0]);
        return Reflect.apply(value, target, args);
      };
    },
  });

const logInto = (lines: string[]): Logger =>
  createLogger('info', { write: (line) => void lines.push(line) });
