import type { UserId } from '../../../src/domain/ids.js';
import { ensureVectors } from '../../../src/storage/migrate/vectors.js';
import { selectSpaces } from '../../../src/storage/statements/embedding-spaces.system.js';
import { seedUser, type TestDatabase, type TestEngine } from '../../support/engines.js';

/** Dimension of the vectors in tests. */
export const dimensions = 64;

/** A database with vectors of `small`. */
export interface VectorDatabase extends TestDatabase {
  readonly space: number;
}

/** Opens one; `undefined` on a Postgres without pgvector, where nothing of this can be. */
export async function openVectors(engine: TestEngine): Promise<VectorDatabase | undefined> {
  const db = await engine.open({ vectors: true });
  const [extension] = await db.owner.query(
    `select from pg_available_extensions where name = 'vector'`,
  );
  if (extension === undefined) {
    await db.close();
    return undefined;
  }
  return { ...db, space: await addSpace(db, 'small') };
}

/** Makes room for a model's vectors. */
export async function addSpace(db: TestDatabase, model: string): Promise<number> {
  await ensureVectors(db.owner, { model, dimensions });
  const spaces = await db.system.asSystem((tx) => selectSpaces(tx), { readOnly: true });
  return spaces.find((one) => one.model === model)!.space;
}

/** A vector by the words of a text: two texts with words in common are near. */
export function wordsVector(text: string): number[] {
  const vector = Array.from({ length: dimensions }, () => 0.001);
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
    let hash = 7;
    for (const letter of word) hash = (Math.imul(hash, 31) + letter.codePointAt(0)!) >>> 0;
    vector[hash % dimensions]! += 1;
  }
  return vector;
}

/** A tenant in the same partition: without others in it there would be nothing to leave out. */
export async function neighbourOf(db: TestDatabase, user: UserId): Promise<UserId> {
  const partition = await partitionOf(db, user);
  for (;;) {
    const other = await seedUser(db);
    if ((await partitionOf(db, other)) === partition) return other;
  }
}

async function partitionOf({ owner }: TestDatabase, user: UserId): Promise<number> {
  const [found] = await owner.query<{ partition: number }>(
    `select partition from generate_series(0, 63) partition
      where satisfies_hash_partition('memory_vectors'::regclass, 64, partition, $1::uuid)`,
    [user],
  );
  return found!.partition;
}
