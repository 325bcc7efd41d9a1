import { DatabaseError } from '../database-error.js';
import type { OwnerConnection } from '../migrate/owner-connection.js';

// Postgres in single-user mode has neither a checkpointer nor autovacuum: WAL grew without end (637 MB for
// 600,000 rows, 17 s to recover) and dead rows and statistics stayed. This does what they do.

/** WAL after which a checkpoint is due; recovery of as much takes about a second. */
const walLimitBytes = 64 * 1024 * 1024;

/** Ends recovery's work so far, if there is enough of it. */
export async function checkpointIfDue(owner: OwnerConnection): Promise<boolean> {
  const [wal] = await owner.query<{ bytes: number }>(
    `select pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn)::float8 as bytes from pg_control_checkpoint()`,
  );
  if ((wal?.bytes ?? 0) < walLimitBytes) return false;
  await owner.exec('checkpoint');
  return true;
}

interface Chore {
  readonly relation: string;
  readonly vacuum: boolean;
}

/** Autovacuum's own thresholds, and its reason of last resort, transaction ids that grow old. */
const chores = `
  with tables as (
    select c.oid, greatest(c.reltuples, 0) as size, age(c.relfrozenxid) as age,
           s.n_dead_tup as dead, s.n_ins_since_vacuum as added, s.n_mod_since_analyze as changed
      from pg_class c left join pg_stat_all_tables s on s.relid = c.oid
     where c.relkind in ('r', 'm')
  ), due as (
    select oid, age > 150000000
             or coalesce(dead > 50 + 0.2 * size or added > 1000 + 0.2 * size, false) as to_vacuum,
           coalesce(changed > 50 + 0.1 * size, false) as to_analyze
      from tables
  )
  select oid::regclass::text as relation, to_vacuum as vacuum
    from due where to_vacuum or to_analyze order by oid`;

/** Vacuums and analyses the tables that need it, each in a turn of its own. Resolves with their names. */
export async function vacuumIfDue(owner: OwnerConnection): Promise<readonly string[]> {
  // Counters reach the statistics once a second only, at the end of a statement.
  await owner.exec('select pg_stat_force_next_flush()');
  const due = await owner.query<Chore>(chores);
  for (const { relation, vacuum } of due)
    await owner.exec(`${vacuum ? 'vacuum (analyze)' : 'analyze'} ${relation}`);
  return due.map(({ relation }) => relation);
}

/** Milliseconds from a write to the look whether anything is due. */
const lookAfterMs = 2_000;

/** Every so many looks the tables are looked at too: once in 30 s of writing. */
const looksPerVacuum = 15;

/** Looks after the engine while it is written to, between requests. */
export class Upkeep {
  readonly #openOwner: () => OwnerConnection;
  readonly #onError: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #looks = 0;
  #stopped = false;

  constructor(openOwner: () => OwnerConnection, onError: (error: unknown) => void) {
    this.#openOwner = openOwner;
    this.#onError = onError;
  }

  /** Something was written. */
  written(): void {
    if (this.#stopped) return;
    this.#timer ??= setTimeout(() => {
      this.#running = this.#look().catch((error: unknown) => this.#failed(error));
    }, lookAfterMs).unref();
  }

  /** Starts nothing more and waits for what runs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #failed(error: unknown): void {
    // The engine was restarted meanwhile, for a reason that was reported to whoever caused it.
    if (error instanceof DatabaseError && error.sqlState === '08006') this.written();
    else this.#onError(error);
  }

  async #look(): Promise<void> {
    this.#timer = undefined;
    this.#looks += 1;
    const owner = this.#openOwner();
    try {
      await checkpointIfDue(owner);
      if (this.#looks % looksPerVacuum === 0) await vacuumIfDue(owner);
    } finally {
      await owner.close();
    }
  }
}
