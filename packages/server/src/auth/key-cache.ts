import type { Clock } from '../domain/clock.js';
import type { StoredKey } from '../storage/statements/api-keys.system.js';
import { BoundedMap } from './bounded-map.js';

/**
 * Milliseconds that a look-up's answer serves, counted from when the look-up began: what it read may be that
 * old already. A revocation anywhere is therefore visible everywhere in less than a second.
 */
export const maxAgeMs = 750;

/** Keys a node remembers; about 0.5 KB each. */
const knownKeys = 10_000;
/** Hashes that are no key's, kept apart and few: guesses must not push real keys out. */
const unknownKeys = 500;

interface LookUp {
  readonly startedAtMs: number;
  readonly found: Promise<StoredKey | undefined>;
}

/** Remembers look-ups for a moment, and lets concurrent requests with one key share one. */
export class KeyCache {
  readonly #lookUp: (hash: string) => Promise<StoredKey | undefined>;
  readonly #clock: Clock;
  readonly #running = new Map<string, LookUp>();
  readonly #known = new BoundedMap<string, LookUp>(knownKeys);
  readonly #unknown = new BoundedMap<string, LookUp>(unknownKeys);

  constructor(lookUp: (hash: string) => Promise<StoredKey | undefined>, clock: Clock) {
    this.#lookUp = lookUp;
    this.#clock = clock;
  }

  /** The key with this hash as the database had it at most `maxAgeMs` ago. */
  find(hash: string): Promise<StoredKey | undefined> {
    const recent = this.#running.get(hash) ?? this.#known.get(hash) ?? this.#unknown.get(hash);
    if (recent !== undefined && this.#serves(recent)) return recent.found;
    return this.#start(hash);
  }

  /** Makes the next request with this key ask the database; a look-up under way is not remembered. */
  forget(hash: string): void {
    this.#running.delete(hash);
    this.#known.delete(hash);
    this.#unknown.delete(hash);
  }

  /** A negative age is a clock set back: not to be trusted. */
  #serves(lookUp: LookUp): boolean {
    const ageMs = this.#clock.nowMs() - lookUp.startedAtMs;
    return ageMs >= 0 && ageMs <= maxAgeMs;
  }

  #start(hash: string): Promise<StoredKey | undefined> {
    const lookUp = { startedAtMs: this.#clock.nowMs(), found: this.#lookUp(hash) };
    this.#running.set(hash, lookUp);
    lookUp.found.then(
      (key) => this.#remember(hash, lookUp, key),
      () => this.#drop(hash, lookUp),
    );
    return lookUp.found;
  }

  #remember(hash: string, lookUp: LookUp, key: StoredKey | undefined): void {
    if (!this.#drop(hash, lookUp)) return;
    this.#known.delete(hash);
    this.#unknown.delete(hash);
    (key === undefined ? this.#unknown : this.#known).set(hash, lookUp);
  }

  /** Whether it was still the current look-up of its hash. */
  #drop(hash: string, lookUp: LookUp): boolean {
    return this.#running.get(hash) === lookUp && this.#running.delete(hash);
  }
}
