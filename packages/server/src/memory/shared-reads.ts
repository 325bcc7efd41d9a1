import { setImmediate as endOfTurn } from 'node:timers/promises';
import type { UserId } from '../domain/ids.js';
import type { Guess } from '../recall/lexical-index.js';
import { type MemoryRecord, selectMemoriesByDoc } from '../storage/statements/memories.js';
import type { TenantDoor } from '../storage/tenant-door.js';

/** The index that documents were ranked in. */
type RankedIn = Pick<Guess, 'version' | 'generation'>;

/** Memories by document number; none at all when the tenant's index is another by now. */
export type RecordsByDoc = ReadonlyMap<number, MemoryRecord>;

/** Documents that a read may have when another joins it: about as many as one long recall asks for. */
const fullFrom = 100;

interface Read {
  readonly docs: Set<number>;
  readonly records: Promise<RecordsByDoc>;
}

/**
 * Recalls of one tenant that the node ranks in one turn of its event loop read their memories together, when they
 * ranked the same index: one transaction, one message each way. None waits for another: a read leaves as soon as the
 * turn ends, so that its snapshot is younger than every recall in it.
 */
export class SharedReads {
  readonly #tenants: TenantDoor;
  readonly #leaving = new Map<string, Read>();

  constructor(tenants: TenantDoor) {
    this.#tenants = tenants;
  }

  /** Answers what `docs` asks for, and perhaps what others of the same tenant asked for. */
  read(userId: UserId, docs: readonly number[], rankedIn: RankedIn): Promise<RecordsByDoc> {
    const key = `${userId} ${rankedIn.version} ${rankedIn.generation}`;
    const joined = this.#leaving.get(key);
    const read =
      joined !== undefined && joined.docs.size < fullFrom
        ? joined
        : this.#open(userId, key, rankedIn);
    for (const doc of docs) read.docs.add(doc);
    return read.records;
  }

  #open(userId: UserId, key: string, rankedIn: RankedIn): Read {
    const docs = new Set<number>();
    const leave = async (): Promise<RecordsByDoc> => {
      await endOfTurn();
      if (this.#leaving.get(key) === read) this.#leaving.delete(key);
      const records = await this.#tenants.withTenant(
        userId,
        (tx) => selectMemoriesByDoc(tx.ending, [...docs], rankedIn),
        { readOnly: true },
      );
      return new Map(records.map((record) => [record.doc, record]));
    };
    const read: Read = { docs, records: leave() };
    this.#leaving.set(key, read);
    return read;
  }
}
