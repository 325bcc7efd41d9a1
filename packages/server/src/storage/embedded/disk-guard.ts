import { statfsSync } from 'node:fs';
import { StellarError } from '../../domain/stellar-error.js';

/** Room for two more WAL segments: what the engine needs to start again and to checkpoint. */
const reserveBytes = 32 * 1024 * 1024;

/** How long a look at the disk counts: at 600 commits a second of 8 KB that is 1 MB. */
const lookEveryMs = 200;

/**
 * Refuses writes shortly before the disk is full. Beyond that the engine panics and cannot start again until
 * somebody makes room; before it, reading, export included, goes on.
 */
export class DiskGuard {
  readonly #directory: string;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #full = false;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Throws `storage_full` when only the reserve is left. */
  assertRoom(): void {
    if (this.full()) throw new StellarError('storage_full');
  }

  /** Whether only the reserve is left, as of a moment ago. */
  full(): boolean {
    const now = performance.now();
    if (now - this.#lookedAt >= lookEveryMs) {
      const { bavail, bsize } = statfsSync(this.#directory);
      this.#full = bavail * bsize < reserveBytes;
      this.#lookedAt = now;
    }
    return this.#full;
  }
}
