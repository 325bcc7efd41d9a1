import type { Database } from '../../src/storage/database.js';

const before = new WeakMap<Database, (() => Promise<void>)[]>();

/** Has this ended before the database is closed: what still works in the background would find it gone. */
export function closeFirst(database: Database, close: () => Promise<void>): void {
  const others = before.get(database) ?? [];
  before.set(database, [...others, close]);
}

/** Ends what works on the database, each once. */
export async function closeWhatUses(database: Database): Promise<void> {
  const all = before.get(database) ?? [];
  before.delete(database);
  await Promise.all(all.map((close) => close()));
}
