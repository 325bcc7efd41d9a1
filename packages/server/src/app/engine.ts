import type { Database } from '../storage/database.js';
import type { Wake, WakeChannel } from '../sync/wake-bus.js';

/** A database that is migrated, safe to serve from and open. */
export interface Engine {
  readonly database: Database;
  /** STELLAR_SECRET, configured or kept. */
  readonly secret: string;
  /** Opens what carries wakes to other nodes and back; absent where there is one node, or no direct connection. */
  readonly openWakes?: (onWake: (wake: Wake) => void) => RemoteWakes;
  /** Where the data is, in a few words for the operator; holds no credential. */
  readonly storage: string;
  /** The account of an embedded data folder. */
  readonly local?: LocalAccess;
}

/** A channel to the other nodes. */
export interface RemoteWakes extends WakeChannel {
  /** Resolves once wakes of other nodes arrive. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** How this machine reaches the local account. */
export interface LocalAccess {
  readonly keyPath: string;
  /** The key, on the start that made it. */
  readonly newKey?: string;
}
