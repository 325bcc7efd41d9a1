import type { ErrorCode } from '../error-codes.js';
import { waitFor } from '../retry.js';
import type { Settings } from '../settings.js';
import { StellarMemoryError } from '../stellar-memory-error.js';
import { createTransport } from '../transport.js';
import type { Memory, PatchRequest, StoreRequest } from '../wire.js';
import { Emitter } from './emitter.js';
import type { ReadFeed } from './feed.js';
import { followFeed } from './follow-feed.js';
import type { Difference, LocalView } from './local-view.js';
import type { Settled } from './mutation-queue.js';
import { Outbox } from './outbox.js';
import { timeOrderedId } from './random-ids.js';
import type { Sync, SyncChange, SyncEvents } from './sync.js';
import type { StorageWrite, SyncStorage } from './sync-storage.js';
import type {
  ChangesResponse,
  Mutation,
  MutationOp,
  MutationResult,
  MutationsResponse,
} from './sync-wire.js';

/** What a replica is run with. */
export interface SessionParts {
  readonly storage: SyncStorage;
  readonly feed: ReadFeed;
  readonly view: LocalView;
  readonly settings: Settings;
  readonly agent: string | undefined;
}

/** Follows the feed and sends what was done here, until it is closed. */
export class SyncSession implements Sync {
  readonly done: Promise<void>;
  readonly #parts: SessionParts;
  readonly #outbox: Outbox;
  readonly #events = new Emitter<SessionEvents>();
  readonly #closing = new AbortController();
  #link: 'new' | 'online' | 'offline' = 'new';
  #isCaughtUp = false;

  constructor(parts: SessionParts, signal: AbortSignal | undefined) {
    this.#parts = parts;
    const { settings, view } = parts;
    const retry = { ...settings.retry, attempts: 1 };
    this.#outbox = new Outbox({
      queue: view.queue,
      send: createTransport({ ...settings, retry }),
      retry,
      onAnswer: (answer, sent) => this.#learn(answer, sent),
      onRefusal: (mutation, error) => this.#refuse(mutation, error),
    });
    const close = (): void => this.#closing.abort(asWished);
    signal?.addEventListener('abort', close, { once: true });
    this.done = this.#run().finally(() => signal?.removeEventListener('abort', close));
    // Whoever does not look at it must not be ended by it.
    this.done.catch(() => undefined);
  }

  get memories(): ReadonlyMap<string, Memory> {
    return this.#parts.view.memories;
  }

  get seq(): number {
    return this.#parts.view.replica.seq;
  }

  get pending(): number {
    return this.#parts.view.queue.size;
  }

  on<Name extends keyof SyncEvents>(
    name: Name,
    listener: (fact: SyncEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  async store(memory: StoreRequest): Promise<{ id: string }> {
    const id = timeOrderedId(Date.now());
    await this.#perform({ op: 'store', id, memory });
    return { id };
  }

  async edit(id: string, set: PatchRequest): Promise<void> {
    this.#assertHere(id);
    await this.#perform({ op: 'edit', id, set });
  }

  async forget(id: string): Promise<void> {
    this.#assertHere(id);
    await this.#perform({ op: 'forget', id });
  }

  caughtUp(): Promise<void> {
    return this.#once('caught-up', () => this.#isCaughtUp);
  }

  flushed(): Promise<void> {
    return this.#once('settled', () => this.pending === 0);
  }

  async close(): Promise<void> {
    this.#closing.abort(asWished);
    // What ended it is for those who wait for `done`.
    await this.done.catch(() => undefined);
  }

  /** Resolves when it holds; looks again at each of these events. */
  #once(name: 'caught-up' | 'settled', holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stop = this.#events.on(name, () => {
        if (!holds()) return;
        stop();
        resolve();
      });
      this.done.then(() => reject(closed()), reject);
    });
  }

  #assertHere(id: string): void {
    if (!this.memories.has(id))
      throw new StellarMemoryError('not_found', { detail: 'The replica has no such memory.' });
  }

  async #perform(op: MutationOp): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) throw closed();
    const { view, agent } = this.#parts;
    await this.#commit(view.perform(op, agent, Date.now()));
    this.#show(view.refresh([op.id]), 'local');
    this.#outbox.wake();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const { feed, view, settings, storage } = this.#parts;
    // Listeners of whoever opened it come first.
    const started = waitFor(0, signal);
    const follow = {
      feed,
      retry: settings.retry,
      cursor: () => view.replica.cursor,
      take: (page: ChangesResponse) => this.#take(page),
      onLost: (error: StellarMemoryError) => this.#lose(error),
    };
    const loops = [
      started.then(() => followFeed(follow, signal)),
      started.then(() => this.#outbox.run(signal)),
    ];
    await Promise.race(loops).catch((error: unknown) => this.#closing.abort(error));
    // What has ended follows nothing: who waits for it from now on is told why.
    this.#isCaughtUp = false;
    await Promise.allSettled(loops);
    await storage.close();
    if (signal.reason !== asWished) throw signal.reason;
  }

  async #take(page: ChangesResponse): Promise<void> {
    const { view } = this.#parts;
    const { replica, queue } = view;
    if (page.mode === 'reset') queue.forgetAnswers();
    const { ids, writes } = replica.apply(page);
    const settled = queue.settle(replica.seq);
    this.#meet(page);
    this.#show(
      view.refresh([...ids, ...settled.ids]),
      page.mode === 'delta' ? 'server' : 'snapshot',
    );
    // After it was told: whoever dies between the two is told again, and misses nothing.
    const isHeartbeat = page.mode === 'delta' && page.events.length === 0;
    if (!isHeartbeat) await this.#commit([...writes, ...settled.writes]);
    if (settled.ids.length > 0) this.#emit('settled', undefined);
    if (!page.more) this.#catchUp();
    this.#closing.signal.throwIfAborted();
    if (page.mode === 'reset') this.#outbox.wake();
  }

  /** The server has answered. */
  async #learn({ hlc, acks }: MutationsResponse, sent: readonly Mutation[]): Promise<void> {
    const { view } = this.#parts;
    const refused = acks.filter(({ results }) => results.some(isRefused)).map(({ mid }) => mid);
    for (const ack of acks) view.queue.ack(ack);
    const settled = [view.queue.refuse(refused), view.queue.settle(this.seq)];
    for (const { mid, results } of acks)
      for (const [index, result] of results.entries()) {
        const op = sent.find((mutation) => mutation.mid === mid)?.ops[index];
        if (op !== undefined && !isDone(result)) this.#emit('rejected', { op, result });
      }
    await this.#settle(settled, [view.observe(hlc, Date.now())]);
  }

  /** The server does not take it. */
  async #refuse({ mid, ops }: Mutation, { code, message }: StellarMemoryError): Promise<void> {
    const settled = this.#parts.view.queue.refuse([mid]);
    const error = { code: code as ErrorCode, detail: message };
    for (const op of ops) this.#emit('rejected', { op, result: { result: 'rejected', error } });
    await this.#settle([settled], []);
  }

  async #settle(settled: readonly Settled[], writes: readonly StorageWrite[]): Promise<void> {
    const { view } = this.#parts;
    this.#show(view.refresh(settled.flatMap(({ ids }) => ids)), 'server');
    await this.#commit([...settled.flatMap((each) => each.writes), ...writes]);
    this.#emit('settled', undefined);
    this.#closing.signal.throwIfAborted();
  }

  #meet({ mode }: ChangesResponse): void {
    const { seq } = this;
    if (this.#link !== 'online') this.#emit('online', { seq });
    this.#link = 'online';
    if (mode !== 'delta') this.#isCaughtUp = false;
    if (mode === 'reset') this.#emit('reset', { seq });
  }

  #lose(error: StellarMemoryError): void {
    this.#isCaughtUp = false;
    if (this.#link !== 'offline') this.#emit('offline', { error });
    this.#link = 'offline';
  }

  #catchUp(): void {
    if (this.#isCaughtUp) return;
    this.#isCaughtUp = true;
    this.#emit('caught-up', { seq: this.seq });
  }

  #show(differences: readonly Difference[], origin: SyncChange['origin']): void {
    for (const difference of differences) this.#emit('change', { ...difference, origin });
  }

  /** A listener that throws ends the replica, and nothing else. */
  #emit<Name extends keyof SessionEvents>(name: Name, fact: SessionEvents[Name]): void {
    try {
      this.#events.emit(name, fact);
    } catch (error) {
      this.#closing.abort(error);
    }
  }

  /** A storage that fails ends the replica: what comes after would not be kept. */
  async #commit(writes: readonly StorageWrite[]): Promise<void> {
    try {
      await this.#parts.storage.commit(writes);
    } catch (error) {
      this.#closing.abort(error);
      throw error;
    }
  }
}

interface SessionEvents extends SyncEvents {
  /** Mutations have left the queue. */
  readonly settled: undefined;
}

/** Why a replica is closed that nothing went wrong with. */
const asWished = new Error('The replica was closed.');

const closed = (): Error => new Error('The replica is closed.');

const isRefused = ({ result }: MutationResult): boolean =>
  result === 'rejected' || result === 'gone';

const isDone = ({ result }: MutationResult): boolean => result === 'applied' || result === 'dup';
