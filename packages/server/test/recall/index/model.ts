import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { memoryId, type UserId } from '../../../src/domain/ids.js';
import { encodeEntry } from '../../../src/recall/index/entry-codec.js';
import type { IndexState } from '../../../src/recall/index/index-state.js';
import { viewOfState } from '../../../src/recall/index/index-view-of-state.js';
import { readState } from '../../../src/recall/index/read-state.js';
import { queryTerm } from '../../../src/recall/index/recent-terms.js';
import { type AnalysedDocument, noDay } from '../../../src/recall/index-view.js';
import { insertDead } from '../../../src/storage/statements/index-dead.js';
import { insertRecent } from '../../../src/storage/statements/index-recent.js';
import { type NewMemory } from '../../../src/storage/statements/memories.js';
import { insertMemories } from '../../../src/storage/statements/store-memories.js';
import { changeUsage, lockUsage } from '../../../src/storage/statements/tenant-usage.js';
import type { TenantDoor } from '../../../src/storage/tenant-door.js';

/** A document as the tests make it; its content says nothing, its terms are given. */
export interface TestDocument {
  readonly terms: ReadonlyMap<string, number>;
  readonly flags: number;
  readonly day: number;
  readonly sessionId: string | null;
  readonly speaker: string | null;
}

/** Entry of a test document, without text analysis. */
export const entryOf = (document: TestDocument): Uint8Array =>
  encodeEntry(analysed(document), document, 1);

const lengthOf = ({ terms }: TestDocument): number =>
  [...terms.values()].reduce((sum, frequency) => sum + frequency, 0);

const analysed = (document: TestDocument): AnalysedDocument => ({
  terms: document.terms,
  length: lengthOf(document),
  flags: document.flags,
  day: document.day,
});

/** A document of these words, each as often as it is named. */
export function documentOf(
  words: readonly string[],
  facts: Partial<Omit<TestDocument, 'terms'>> = {},
): TestDocument {
  const terms = new Map<string, number>();
  for (const word of words) terms.set(word, (terms.get(word) ?? 0) + 1);
  return { terms, flags: 0, day: noDay, sessionId: null, speaker: null, ...facts };
}

/** One tenant: what is stored in the database, and beside it what must be found. */
export class TenantModel {
  readonly userId: UserId;
  readonly live = new Map<number, TestDocument>();
  readonly #door: TenantDoor;

  constructor(door: TenantDoor, userId: UserId) {
    this.#door = door;
    this.userId = userId;
  }

  /** Stores as the store use case does; answers the first document number. */
  async store(documents: readonly TestDocument[]): Promise<number> {
    const { firstDoc } = await this.#door.withTenant(this.userId, (tx) =>
      insertMemories(tx, documents.map(newMemory)),
    );
    for (const [index, document] of documents.entries()) this.live.set(firstDoc! + index, document);
    return firstDoc!;
  }

  async forget(docs: readonly number[]): Promise<void> {
    await this.#door.withTenant(this.userId, async (tx) => {
      await lockUsage(tx);
      await Promise.all([
        insertDead(tx, docs),
        ...docs.map(() => changeUsage(tx, { leaves: 4, documents: 0 })),
      ]);
    });
    for (const doc of docs) this.live.delete(doc);
  }

  /** Gives the document another number and other words, as an edit does. */
  async edit(doc: number, document: TestDocument): Promise<void> {
    const number = await this.#door.withTenant(this.userId, async (tx) => {
      await lockUsage(tx);
      const renumbered = await changeUsage(tx, { documents: 1 });
      await Promise.all([
        insertDead(tx, [doc]),
        insertRecent(tx, [{ doc: renumbered, entry: entryOf(document) }]),
      ]);
      return renumbered;
    });
    this.live.delete(doc);
    this.live.set(number, document);
  }

  /** Reads the index from a known state, holds it to what must be found, and answers the state. */
  async check(known: IndexState | undefined, words: readonly string[]): Promise<IndexState> {
    const terms = [...new Set(words)].map(queryTerm);
    const state = await this.#door.withTenant(this.userId, (tx) => readState(tx, known, terms), {
      readOnly: true,
    });
    expectExact(state, this.live, words);
    return state;
  }
}

const newMemory = (document: TestDocument): NewMemory => ({
  id: memoryId(randomUUID()),
  content: 'not looked at',
  metadata: {},
  importance: 0.5,
  zone: 4,
  score: 0,
  createdAt: 1,
  occurredAt: null,
  agentId: null,
  sessionId: document.sessionId,
  speaker: document.speaker,
  role: null,
  pinned: false,
  entry: entryOf(document),
});

/** Holds a state to the documents that are live: every fact, every count, every posting. */
export function expectExact(
  state: IndexState,
  live: ReadonlyMap<number, TestDocument>,
  words: readonly string[],
): void {
  const view = viewOfState(state, [...new Set(words)].map(queryTerm), (name) => [name]);
  const sorted = [...live].sort(([a], [b]) => a - b);
  const ordinals = Array.from({ length: view.head }, (_, ordinal) => ordinal).filter((ordinal) =>
    view.isLive(ordinal),
  );
  expect(ordinals.map((ordinal) => state.columns.docs[ordinal])).toEqual(
    sorted.map(([doc]) => doc),
  );
  const total = sorted.reduce((sum, [, document]) => sum + lengthOf(document), 0);
  expect(view.documents).toBe(sorted.length);
  expect(view.averageLength).toBe(sorted.length === 0 ? 0 : total / sorted.length);
  for (const [index, ordinal] of ordinals.entries()) {
    const [, document] = sorted[index]!;
    expect([view.lengths[ordinal], view.flags[ordinal], view.days[ordinal]]).toEqual([
      lengthOf(document),
      document.flags,
      document.day,
    ]);
  }
  const documents = sorted.map(([, document]) => document);
  expectGrouped(
    documents.map(({ sessionId }) => sessionId),
    ordinals.map((ordinal) => view.sessions[ordinal]!),
    documents.map(lengthOf),
    view.sessionLengths,
  );
  expectGrouped(
    documents.map(({ speaker }) => speaker),
    ordinals.map((ordinal) => view.speakers[ordinal]!),
    documents.map(() => 1),
    view.speakerDocuments,
  );
  for (const word of words) {
    const { docs, frequencies } = view.postings(word);
    const found = [...docs].map((ordinal, index) => [
      state.columns.docs[ordinal],
      frequencies[index],
    ]);
    const expected = sorted.flatMap(([doc, { terms }]) =>
      terms.has(word) ? [[doc, terms.get(word)]] : [],
    );
    expect(found).toEqual(expected);
  }
}

/** Equal names have equal ordinals, others others, and each ordinal's tally is the sum of its members. */
function expectGrouped(
  names: readonly (string | null)[],
  ordinals: readonly number[],
  weights: readonly number[],
  tallies: Uint32Array,
): void {
  const ordinalByName = new Map<string | null, number>([[null, -1]]);
  const sums = new Map<number, number>();
  for (const [index, name] of names.entries()) {
    const ordinal = ordinals[index]!;
    if (!ordinalByName.has(name)) ordinalByName.set(name, ordinal);
    expect(ordinal).toBe(ordinalByName.get(name));
    if (ordinal >= 0) sums.set(ordinal, (sums.get(ordinal) ?? 0) + weights[index]!);
  }
  expect(new Set(ordinalByName.values()).size).toBe(ordinalByName.size);
  expect([...tallies].map((_, ordinal) => sums.get(ordinal) ?? 0)).toEqual([...tallies]);
}
