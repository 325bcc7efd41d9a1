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

/**
 * Reads of one tenant under way at most: more of them make none of them faster, and who asks for much must not have
 * every connection. Beyond them recalls wait for the next to end, and read together what they wait for.
 */
const mostUnderWay = 4;

interface Read {
  readonly docs: Set<number>;
  readonly records: Promise<RecordsByDoc>;
  /** Sends it off: what is asked for from now on is another read's. */
  readonly leave: () => void;
}

/** Reads of one tenant in one version of his index. */
interface Line {
  underWay: number;
  readonly waiting: Read[];
}

/**
 * Recalls of one tenant that ranked the same index read their memories together when the node ranks them in one turn of
 * its event loop, or while enough others are read: one transaction, one message each way. A read is joined only before
 * it leaves, so that its snapshot is younger than every recall in it.
 */
export class SharedReads {
  readonly #tenants: TenantDoor;
  readonly #lines = new Map<string, Line>();

  constructor(tenants: TenantDoor) {
    this.#tenants = tenants;
  }

  /** Answers what `docs` asks for, and perhaps what others of the same tenant asked for. */
  read(userId: UserId, docs: readonly number[], rankedIn: RankedIn): Promise<RecordsByDoc> {
    const key = `${userId} ${rankedIn.version} ${rankedIn.generation}`;
    const line = this.#lines.get(key) ?? { underWay: 0, waiting: [] };
    this.#lines.set(key, line);
    const last = line.waiting.at(-1);
    const joined = last !== undefined && last.docs.size < fullFrom ? last : undefined;
    const read = joined ?? this.#open((wanted) => this.#run(userId, wanted, rankedIn));
    for (const doc of docs) read.docs.add(doc);
    if (joined === undefined) this.#queue(key, line, read);
    return read.records;
  }

  #open(run: (docs: ReadonlySet<number>) => Promise<RecordsByDoc>): Read {
    const docs = new Set<number>();
    let leave: () => void;
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    return { docs, records: left.then(() => run(docs)), leave: () => leave() };
  }

  #queue(key: string, line: Line, read: Read): void {
    line.waiting.push(read);
    void endOfTurn().then(() => this.#sendOff(key, line));
    const ended = (): void => {
      line.underWay -= 1;
      this.#sendOff(key, line);
    };
    read.records.then(ended, ended);
  }

  #sendOff(key: string, line: Line): void {
    while (line.underWay < mostUnderWay && line.waiting.length > 0) {
      line.underWay += 1;
      line.waiting.shift()!.leave();
    }
    if (line.underWay === 0) this.#lines.delete(key);
  }

  async #run(userId: UserId, docs: ReadonlySet<number>, rankedIn: RankedIn): Promise<RecordsByDoc> {
    const records = await this.#tenants.withTenant(
      userId,
      (tx) => selectMemoriesByDoc(tx.ending, [...docs], rankedIn),
      { readOnly: true },
    );
    return new Map(records.map((record) => [record.doc, record]));
  }
}
