import type { Database } from '../storage/database.js';

/** A database that is migrated, safe to serve from and open. */
export interface Engine {
  readonly database: Database;
  /** STELLAR_SECRET, configured or kept. */
  readonly secret: string;
  /** Where the data is, in a few words for the operator; holds no credential. */
  readonly storage: string;
  /** The account of an embedded data folder. */
  readonly local?: LocalAccess;
}

/** How this machine reaches the local account. */
export interface LocalAccess {
  readonly keyPath: string;
  /** The key, on the start that made it. */
  readonly newKey?: string;
}
