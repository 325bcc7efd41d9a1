import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StellarError } from '../../domain/stellar-error.js';
import { defaultTimeoutMs } from '../begin-statement.js';
import type { Database, Scope, Transaction, TransactionOptions } from '../database.js';
import type { OwnerConnection } from '../migrate/owner-connection.js';
import { ensureCluster } from './cluster.js';
import { type DirectoryLock, lockDirectory } from './directory-lock.js';
import { DiskGuard } from './disk-guard.js';
import { runTransaction } from './embedded-transaction.js';
import { Engine, EngineLost } from './engine.js';
import { FairQueue } from './fair-queue.js';
import { OwnerSession } from './owner-session.js';
import { Session } from './session.js';
import { Upkeep } from './upkeep.js';

/** Where the embedded engine keeps its files. */
export interface EmbeddedOptions {
  /** Directory of the database; made if it is not there. One process at a time. */
  readonly dataDir: string;
  /** Whether vectors are wanted. A directory that once had them always opens with what they need. */
  readonly vectors?: boolean;
  /**
   * Told when upkeep between requests (checkpoint, vacuum) failed; it is tried again.
   * Unless given, the process warns.
   */
  readonly onUpkeepError?: (error: unknown) => void;
}

/** The embedded engine: Postgres in this process, in a thread of its own. */
export interface EmbeddedDatabase extends Database {
  readonly engine: 'embedded';
  /** The schema's owner, for migrations. Its statements take turns with transactions. */
  openOwner(): OwnerConnection;
}

/**
 * Opens the embedded engine, making the database on first use.
 * Rejects with `DirectoryInUse` when another process has it open, and with what Postgres said when it does
 * not start; both messages are for the person who starts the server.
 *
 * One engine has one session, so transactions run one after another; tenants take turns.
 */
export async function openEmbeddedDatabase(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const { dataDir, onUpkeepError = warn } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = await lockDirectory(dataDir);
  try {
    const directory = await ensureCluster(dataDir);
    const vectors = await keepVectors(dataDir, options.vectors === true);
    const start = (): Promise<Engine> => Engine.start(directory, vectors);
    const engine = await startFirst(directory, start);
    return new PgliteDatabase({ directory, lock, start, onUpkeepError }, engine);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Whether the engine needs pgvector. Remembered beside the cluster: without it not even a memory could be forgotten
 * any more, since its vectors go with it.
 */
async function keepVectors(dataDir: string, wanted: boolean): Promise<boolean> {
  const mark = join(dataDir, 'vectors');
  if (wanted && !existsSync(mark)) await writeFile(mark, '', { flush: true, mode: 0o600 });
  return wanted || existsSync(mark);
}

/** The first start is looked at by a person: he is told what Postgres said. */
async function startFirst(directory: string, start: () => Promise<Engine>): Promise<Engine> {
  try {
    return await start();
  } catch (error) {
    const said =
      error instanceof EngineLost && error.cause instanceof Error ? error.cause.message : '';
    throw new Error(`The database in ${directory} cannot be opened. ${said}`, { cause: error });
  }
}

const warn = (error: unknown): void => {
  process.emitWarning(`Upkeep of the embedded database failed: ${String(error)}`);
};

const gone = (cause?: unknown): StellarError =>
  new StellarError('unavailable', { retryAfterSeconds: 1 }, cause);

interface OpenDirectory {
  readonly directory: string;
  readonly lock: DirectoryLock;
  readonly start: () => Promise<Engine>;
  readonly onUpkeepError: (error: unknown) => void;
}

class PgliteDatabase implements EmbeddedDatabase {
  readonly engine = 'embedded';
  readonly #start: () => Promise<Engine>;
  readonly #lock: DirectoryLock;
  readonly #queue = new FairQueue();
  readonly #owners = new Set<OwnerSession>();
  readonly #disk: DiskGuard;
  readonly #upkeep: Upkeep;
  #session: Session;
  #closing: Promise<void> | undefined;

  constructor({ directory, lock, start, onUpkeepError }: OpenDirectory, engine: Engine) {
    this.#start = start;
    this.#lock = lock;
    this.#session = new Session(engine);
    this.#disk = new DiskGuard(directory);
    this.#upkeep = new Upkeep(() => this.openOwner(), onUpkeepError);
  }

  async transaction<T>(
    scope: Scope,
    work: (tx: Transaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    if (this.#closing !== undefined) throw gone();
    if (options.readOnly !== true) this.#disk.assertRoom();
    const key = scope.role === 'stellar_app' ? scope.userId : scope.role;
    const leave = await this.#queue.enter(key, options.timeoutMs ?? defaultTimeoutMs);
    try {
      const session = await this.#ready();
      return await runTransaction(session, scope, work, options);
    } finally {
      leave();
      if (options.readOnly !== true) this.#upkeep.written();
    }
  }

  openOwner(): OwnerConnection {
    const owner = new OwnerSession(
      this.#queue,
      () => this.#ready(),
      () => this.#owners.delete(owner),
    );
    this.#owners.add(owner);
    return owner;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#upkeep.stop();
    for (const owner of this.#owners) await owner.end();
    await this.#queue.idle();
    const { engine, doubtful } = this.#session;
    try {
      await (doubtful ? engine.terminate() : engine.close());
    } finally {
      this.#lock.release();
    }
  }

  /** The session, with a new engine if the last one is lost or in doubt. Only for who has the turn. */
  async #ready(): Promise<Session> {
    if (!this.#session.ended) return this.#session;
    await this.#session.engine.terminate();
    try {
      this.#session = new Session(await this.#start());
    } catch (error) {
      // Recovery needs room too.
      throw this.#disk.full() ? new StellarError('storage_full', {}, error) : gone(error);
    }
    return this.#session;
  }
}
