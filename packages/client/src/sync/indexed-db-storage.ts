import type { Json } from '../wire.js';
import type { StorageWrite, SyncStorage } from './sync-storage.js';

/** Name of the one object store. */
const entries = 'entries';

/**
 * Browsers only: keeps a replica in an IndexedDB database of this name. Only one page has it open at a time, where the
 * browser has locks. `load` rejects in a second page, and where the browser denies storage.
 */
export function indexedDbStorage(name: string): SyncStorage {
  let database: Database | undefined;
  let release: (() => void) | undefined;
  return {
    async load() {
      release = await lock(`stellar-memory ${name}`);
      database = await open(name).catch((error: unknown) => {
        release?.();
        throw error;
      });
      const store = database.transaction(entries, 'readonly').objectStore(entries);
      const [keys, values] = await Promise.all([
        settled(store.getAllKeys()),
        settled(store.getAll()),
      ]);
      return keys.map((key, index) => [key, values[index]!] as const);
    },
    async commit(writes) {
      if (database === undefined) throw new Error(`The database ${name} is not open.`);
      // Strict: the transaction is complete when the disk has it.
      const transaction = database.transaction(entries, 'readwrite', { durability: 'strict' });
      const done = completed(transaction);
      try {
        writeAll(transaction.objectStore(entries), writes);
      } catch (error) {
        // What was put before would be kept otherwise.
        transaction.abort();
        await done.catch(() => undefined);
        throw error;
      }
      await done;
    },
    close() {
      database?.close();
      database = undefined;
      release?.();
      release = undefined;
      return Promise.resolve();
    },
  };
}

function writeAll(store: ObjectStore, writes: readonly StorageWrite[]): void {
  for (const [key, value] of writes)
    if (value === undefined) store.delete(key);
    else store.put(value, key);
}

async function open(name: string): Promise<Database> {
  const request = platform().indexedDB.open(name, 1);
  request.addEventListener('upgradeneeded', () => void request.result.createObjectStore(entries));
  return settled(request);
}

/** Holds a lock until the answered function is called. A second holder is refused, not kept waiting. */
function lock(name: string): Promise<() => void> {
  const { locks } = platform().navigator;
  if (locks === undefined) return Promise.resolve(() => undefined);
  return new Promise((resolve, reject) => {
    const held = locks.request(name, { ifAvailable: true }, (granted) => {
      if (granted === null) throw new Error('Another page uses this replica.');
      return new Promise<void>((release) => resolve(release));
    });
    held.catch(reject);
  });
}

const settled = <Result>(request: Request<Result>): Promise<Result> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? unexplained()));
  });

const completed = (transaction: Transaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve());
    for (const end of ['error', 'abort'])
      transaction.addEventListener(end, () => reject(transaction.error ?? unexplained()));
  });

const unexplained = (): Error => new Error('IndexedDB gave no reason.');

/** What it uses of a browser, which the types of Node do not have. */
interface Platform {
  readonly indexedDB: { open(name: string, version: number): Request<Database> };
  readonly navigator: { readonly locks?: Locks };
}

interface Target {
  addEventListener(name: string, listener: () => void): void;
}

interface Request<Result> extends Target {
  readonly result: Result;
  readonly error: Error | null;
}

interface Database {
  createObjectStore(name: string): unknown;
  transaction(name: string, mode: string, options?: { durability: 'strict' }): Transaction;
  close(): void;
}

interface Transaction extends Target {
  readonly error: Error | null;
  objectStore(name: string): ObjectStore;
  abort(): void;
}

interface ObjectStore {
  getAllKeys(): Request<string[]>;
  getAll(): Request<Json[]>;
  put(value: Json, key: string): void;
  delete(key: string): void;
}

interface Locks {
  request(
    name: string,
    options: { ifAvailable: true },
    hold: (granted: object | null) => Promise<void>,
  ): Promise<void>;
}

const platform = (): Platform => globalThis as unknown as Platform;
