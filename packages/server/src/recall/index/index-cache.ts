import type { UserId } from '../../domain/ids.js';
import { type IndexState, stateBytes } from './index-state.js';

interface CachedState {
  readonly state: IndexState;
  readonly bytes: number;
  /** Whether this node has changed the tenant's memories since. */
  outdated: boolean;
}

/**
 * States of tenants' indexes, the latest known one each, bounded in bytes over all tenants. A hit is only a starting
 * point: whoever takes a state checks it against his own snapshot.
 *
 * When it is full the tenants that were not asked for the longest go, and at last the blocks of the present one.
 */
export class IndexCache {
  readonly #maxBytes: number;
  readonly #entries = new Map<UserId, CachedState>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Estimate of the memory of all states. */
  get bytes(): number {
    return this.#bytes;
  }

  get(userId: UserId): IndexState | undefined {
    return this.#entries.get(userId)?.state;
  }

  /** The state unless this node knows that there is a later one. */
  current(userId: UserId): IndexState | undefined {
    const entry = this.#entries.get(userId);
    return entry?.outdated === false ? entry.state : undefined;
  }

  /** Notes that this node has changed the tenant's memories. */
  outdate(userId: UserId): void {
    const entry = this.#entries.get(userId);
    if (entry !== undefined) entry.outdated = true;
  }

  /** Keeps a state unless a later one is known, and makes its tenant the most recently used. */
  put(userId: UserId, state: IndexState): void {
    const known = this.get(userId);
    const latest = known !== undefined && isLater(known, state) ? known : state;
    this.drop(userId);
    const bytes = stateBytes(latest);
    if (bytes <= this.#maxBytes) this.#insert(userId, latest, bytes);
    else {
      const bare = withoutBlocks(latest);
      const bareBytes = stateBytes(bare);
      if (bareBytes <= this.#maxBytes) this.#insert(userId, bare, bareBytes);
    }
  }

  drop(userId: UserId): void {
    this.#bytes -= this.#entries.get(userId)?.bytes ?? 0;
    this.#entries.delete(userId);
  }

  #insert(userId: UserId, state: IndexState, bytes: number): void {
    this.#entries.set(userId, { state, bytes, outdated: false });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.drop(oldest);
    }
  }
}

const isLater = (a: IndexState, b: IndexState): boolean =>
  a.version > b.version || a.generation > b.generation;

/** The same state with segments whose blocks must be read again; recalls under way keep theirs. */
const withoutBlocks = (state: IndexState): IndexState => ({
  ...state,
  segments: state.segments.map(({ segment, base }) => ({ segment: segment.bare(), base })),
});
