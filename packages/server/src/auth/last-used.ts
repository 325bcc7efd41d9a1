import type { Clock } from '../domain/clock.js';
import type { ApiKeyId, UserId } from '../domain/ids.js';
import type { KeyUse, StoredKey } from '../storage/statements/api-keys.system.js';
import { BoundedMap } from './bounded-map.js';

/** Milliseconds between two writes of one key's last-used time. */
const writeIntervalMs = 60_000;

/** Gathers when keys were used, at most once a minute a key, to be written together and outside any request. */
export class LastUsed {
  readonly #write: (uses: readonly KeyUse[]) => Promise<void>;
  readonly #clock: Clock;
  readonly #notedAtMs = new BoundedMap<ApiKeyId, number>(10_000);
  #pending = new Map<ApiKeyId, KeyUse>();
  #writing: Promise<void> = Promise.resolve();

  constructor(write: (uses: readonly KeyUse[]) => Promise<void>, clock: Clock) {
    this.#write = write;
    this.#clock = clock;
  }

  note(key: StoredKey): void {
    const nowMs = this.#clock.nowMs();
    const before = this.#notedAtMs.get(key.apiKeyId) ?? key.lastUsedAt?.getTime();
    // A clock set back counts as a minute gone: else the key would look unused until it catches up.
    if (before !== undefined && nowMs >= before && nowMs - before < writeIntervalMs) return;
    this.#notedAtMs.set(key.apiKeyId, nowMs);
    this.#pending.set(key.apiKeyId, use(key.userId, key.apiKeyId, nowMs));
  }

  /** Writes what is outstanding. When the write fails, the uses stay for the next flush. */
  flush(): Promise<void> {
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#writePending());
    return this.#writing;
  }

  async #writePending(): Promise<void> {
    if (this.#pending.size === 0) return;
    const batch = this.#pending;
    this.#pending = new Map();
    try {
      await this.#write([...batch.values()]);
    } catch (error) {
      this.#pending = new Map([...batch, ...this.#pending]);
      throw error;
    }
  }
}

const use = (userId: UserId, apiKeyId: ApiKeyId, usedAtMs: number): KeyUse => ({
  userId,
  apiKeyId,
  usedAtMs,
});
