import { delayAfter, waitFor } from '../retry.js';
import type { Settings } from '../settings.js';
import { StellarMemoryError } from '../stellar-memory-error.js';
import type { ChangesResponse, Memory } from '../wire.js';
import { Emitter } from './emitter.js';
import type { StreamPatience } from './event-stream.js';
import { createFeed, type ReadFeed } from './feed.js';
import { Replica } from './replica.js';
import type { Sync, SyncChange, SyncEvents, SyncOptions } from './sync.js';
import { memoryStorage, type SyncStorage } from './sync-storage.js';

/** What a replica is run with. */
interface Parts {
  readonly storage: SyncStorage;
  readonly feed: ReadFeed;
  readonly replica: Replica;
  readonly settings: Settings;
}

/** Opens a replica and begins to follow. Errors: those of the storage. */
export async function openSync(
  settings: Settings,
  options: SyncOptions,
  patience?: StreamPatience,
): Promise<Sync> {
  const { storage = memoryStorage(), transport, signal } = options;
  signal?.throwIfAborted();
  const replica = new Replica(await storage.load());
  const feed = createFeed({ settings, transport, patience });
  return new SyncSession({ storage, feed, replica, settings }, signal);
}

class SyncSession implements Sync {
  readonly memories = new Map<string, Memory>();
  readonly done: Promise<void>;
  readonly #parts: Parts;
  readonly #events = new Emitter<SyncEvents>();
  readonly #closing = new AbortController();
  #link: 'new' | 'online' | 'offline' = 'new';
  #isCaughtUp = false;
  /** Resets since the last changes: a server that answers with nothing else is asked less and less often. */
  #resets = 0;

  constructor(parts: Parts, signal: AbortSignal | undefined) {
    this.#parts = parts;
    for (const id of parts.replica.ids) this.memories.set(id, parts.replica.get(id)!);
    const close = (): void => this.#closing.abort();
    signal?.addEventListener('abort', close, { once: true });
    this.done = this.#run().finally(() => signal?.removeEventListener('abort', close));
    // Whoever does not look at it must not be ended by it.
    this.done.catch(() => undefined);
  }

  get seq(): number {
    return this.#parts.replica.seq;
  }

  on<Name extends keyof SyncEvents>(
    name: Name,
    listener: (fact: SyncEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  async caughtUp(): Promise<void> {
    if (this.#isCaughtUp) return;
    await new Promise<void>((resolve, reject) => {
      const stop = this.on('caught-up', () => {
        stop();
        resolve();
      });
      this.done.then(() => reject(closed()), reject);
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    // What ended it is for those who wait for `done`.
    await this.done.catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    try {
      // Listeners of whoever opened it come first.
      await waitFor(0, signal);
      await this.#follow(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#closing.abort();
      await this.#parts.storage.close();
    }
  }

  /** Reads the feed again and again, until it is closed or cannot go on. */
  async #follow(signal: AbortSignal): Promise<never> {
    const { feed, replica, settings } = this.#parts;
    for (let failures = 0; ; ) {
      const error = await this.#read(feed(replica.cursor, signal), () => (failures = 0));
      signal.throwIfAborted();
      if (isFinal(error)) throw error;
      this.#lose(error);
      failures += 1;
      await waitFor(delayAfter(Math.min(failures, 30), error, settings.retry), signal);
    }
  }

  /** Takes pages until they end. Answers why they did. */
  async #read(
    source: AsyncGenerator<ChangesResponse, void>,
    onProgress: () => void,
  ): Promise<StellarMemoryError> {
    for (;;) {
      const page = await nextPage(source);
      if (page instanceof StellarMemoryError) return page;
      try {
        await this.#take(page);
      } catch (error) {
        await source.return();
        if (error instanceof StellarMemoryError && error.code === 'sync_gap') return error;
        throw error;
      }
      if (page.mode !== 'reset') onProgress();
    }
  }

  async #take(page: ChangesResponse): Promise<void> {
    const { replica, storage } = this.#parts;
    this.#resets =
      page.mode === 'reset' ? this.#resets + 1 : page.mode === 'delta' ? 0 : this.#resets;
    if (this.#resets > 1)
      throw new StellarMemoryError('sync_gap', { detail: 'Reset twice in a row.' });
    const { ids, writes } = replica.apply(page);
    this.#meet(page);
    for (const id of ids) this.#show(id, page.mode === 'delta' ? 'server' : 'snapshot');
    // After it was told: whoever dies between the two is told again, and misses nothing.
    if (page.mode !== 'delta' || page.events.length > 0) await storage.commit(writes);
    if (!page.more) this.#catchUp();
  }

  #meet({ mode }: ChangesResponse): void {
    const { seq } = this;
    if (this.#link !== 'online') this.#events.emit('online', { seq });
    this.#link = 'online';
    if (mode !== 'delta') this.#isCaughtUp = false;
    if (mode === 'reset') this.#events.emit('reset', { seq });
  }

  #lose(error: StellarMemoryError): void {
    this.#isCaughtUp = false;
    if (this.#link !== 'offline') this.#events.emit('offline', { error });
    this.#link = 'offline';
  }

  #catchUp(): void {
    if (this.#isCaughtUp) return;
    this.#isCaughtUp = true;
    this.#events.emit('caught-up', { seq: this.seq });
  }

  /** Brings what is seen of a memory up to date. */
  #show(id: string, origin: SyncChange['origin']): void {
    const before = this.memories.get(id);
    const memory = this.#parts.replica.get(id);
    if (JSON.stringify(before) === JSON.stringify(memory)) return;
    if (memory === undefined) this.memories.delete(id);
    else this.memories.set(id, memory);
    this.#events.emit('change', { id, memory, before, origin });
  }
}

/** The next page, or why there is none. Errors: those that are no failure of the connection. */
async function nextPage(
  source: AsyncIterator<ChangesResponse, void>,
): Promise<ChangesResponse | StellarMemoryError> {
  try {
    const next = await source.next();
    return next.done === true ? ended() : next.value;
  } catch (error) {
    if (error instanceof StellarMemoryError) return error;
    throw error;
  }
}

const ended = (): StellarMemoryError =>
  new StellarMemoryError('network_error', { detail: 'The server ended the stream of changes.' });

const closed = (): Error => new Error('The replica was closed before it had caught up.');

/** Whether the same request would fail for ever. A status of something that is no server of ours may pass. */
function isFinal({ code, status = 0 }: StellarMemoryError): boolean {
  if (code === 'no_api_key') return true;
  if (code === 'unexpected_response') return false;
  return status >= 400 && status < 500 && !passing.has(status);
}

const passing = new Set([408, 409, 425, 429]);
