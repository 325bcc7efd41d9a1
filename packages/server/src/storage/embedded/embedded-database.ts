import { mkdir } from 'node:fs/promises';
import { StellarError } from '../../domain/stellar-error.js';
import { defaultTimeoutMs } from '../begin-statement.js';
import type { Database, Scope, Transaction, TransactionOptions } from '../database.js';
import type { OwnerConnection } from '../migrate/owner-connection.js';
import { ensureCluster } from './cluster.js';
import { type DirectoryLock, lockDirectory } from './directory-lock.js';
import { runTransaction } from './embedded-transaction.js';
import { Engine } from './engine.js';
import { FairQueue } from './fair-queue.js';
import { OwnerSession } from './owner-session.js';
import { Session } from './session.js';

/** Where the embedded engine keeps its files. */
export interface EmbeddedOptions {
  /** Directory of the database; made if it is not there. One process at a time. */
  readonly dataDir: string;
}

/** The embedded engine: Postgres in this process, in a thread of its own. */
export interface EmbeddedDatabase extends Database {
  readonly engine: 'embedded';
  /** The schema's owner, for migrations. Its statements take turns with transactions. */
  openOwner(): OwnerConnection;
}

/**
 * Opens the embedded engine, making the database on first use.
 * Rejects with `DirectoryInUse` when another process has it open.
 *
 * One engine has one session, so transactions run one after another; tenants take turns.
 */
export async function openEmbeddedDatabase({
  dataDir,
}: EmbeddedOptions): Promise<EmbeddedDatabase> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = await lockDirectory(dataDir);
  try {
    const directory = await ensureCluster(dataDir);
    return new PgliteDatabase(directory, lock, await Engine.start(directory));
  } catch (error) {
    lock.release();
    throw error;
  }
}

const gone = (cause?: unknown): StellarError =>
  new StellarError('unavailable', { retryAfterSeconds: 1 }, cause);

class PgliteDatabase implements EmbeddedDatabase {
  readonly engine = 'embedded';
  readonly #directory: string;
  readonly #lock: DirectoryLock;
  readonly #queue = new FairQueue();
  #session: Session;
  #closing: Promise<void> | undefined;

  constructor(directory: string, lock: DirectoryLock, engine: Engine) {
    this.#directory = directory;
    this.#lock = lock;
    this.#session = new Session(engine);
  }

  async transaction<T>(
    scope: Scope,
    work: (tx: Transaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    if (this.#closing !== undefined) throw gone();
    const key = scope.role === 'stellar_app' ? scope.userId : scope.role;
    const leave = await this.#queue.enter(key, options.timeoutMs ?? defaultTimeoutMs);
    try {
      const session = await this.#ready();
      return await runTransaction(session, scope, work, options);
    } finally {
      leave();
    }
  }

  openOwner(): OwnerConnection {
    return new OwnerSession(this.#queue, () => this.#ready());
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#queue.idle();
    try {
      await this.#session.engine.close();
    } finally {
      this.#lock.release();
    }
  }

  /** The session, with a new engine if the last one is lost or in doubt. Only for who has the turn. */
  async #ready(): Promise<Session> {
    const { engine, doubtful } = this.#session;
    if (engine.lost === undefined && !doubtful) return this.#session;
    await engine.terminate();
    try {
      this.#session = new Session(await Engine.start(this.#directory));
    } catch (error) {
      throw gone(error);
    }
    return this.#session;
  }
}
