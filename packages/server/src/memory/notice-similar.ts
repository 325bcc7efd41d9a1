import { isDeepStrictEqual } from 'node:util';
import { limits } from '@stellar-memory/protocol';
import { areComparable, isAtOneWith } from '../domain/duplicates.js';
import type { LexicalIndex } from '../recall/lexical-index.js';
import { compare, type Sameness } from '../recall/sameness/compare.js';
import { type Statement, statementOf } from '../recall/sameness/statement.js';
import {
  type MemoryRecord,
  type NewMemory,
  selectMemoriesByDoc,
} from '../storage/statements/memories.js';
import type { MemoryLink } from '../storage/statements/memory-links.js';
import type { TenantTransaction } from '../storage/tenant-door.js';

/** What a new memory was found to have to do with others. */
export interface Noticed {
  /** The nearest one that is there, where one of the two texts may stand for both. */
  readonly double: { readonly known: MemoryRecord; readonly saysMore: boolean } | undefined;
  /** The most alike first; the double is among them. */
  readonly links: readonly MemoryLink[];
}

/** Memories that a new one is compared with: the best that its own words find. */
const candidates = 30;
/** Links of a new memory at most. */
const linksEach = 5;

/**
 * Compares new memories with what their words find, and with those that are stored with them, in order. The caller has
 * the counter row's lock and has written nothing yet. Round trips: those of one search and one for the contents,
 * however many memories there are.
 */
export async function noticeSimilar(
  tx: TenantTransaction,
  index: LexicalIndex,
  memories: readonly NewMemory[],
): Promise<Noticed[]> {
  const found = await findCandidates(tx, index, memories);
  const statements = memories.map(({ content }) => statementOf(content));
  return memories.map((memory, at) => {
    const statement = statements[at];
    if (statement === undefined) return { double: undefined, links: [] };
    const among = [
      ...found[at]!.map((known) => ({ known, other: statementOf(known.content) })),
      ...memories.slice(0, at).map((known, before) => ({ known, other: statements[before] })),
    ];
    return noticedOf(memory, statement, among);
  });
}

/** What the words of each memory find, the best first. */
async function findCandidates(
  tx: TenantTransaction,
  index: LexicalIndex,
  memories: readonly NewMemory[],
): Promise<MemoryRecord[][]> {
  const search = ({ content }: NewMemory) =>
    index.search(tx, {
      text: content.slice(0, limits.queryCharacters),
      limit: candidates,
      literal: true,
    });
  const [first, ...rest] = memories;
  if (first === undefined) return [];
  // The first warms the index, so that the others, which travel together, need not read the same.
  const hits = [await search(first), ...(await Promise.all(rest.map(search)))];
  const docs = [...new Set(hits.flat().map(({ doc }) => doc))];
  const records = docs.length === 0 ? [] : await selectMemoriesByDoc(tx, docs);
  const byDoc = new Map(records.map((record) => [record.doc, record]));
  return hits.map((some) => some.flatMap(({ doc }) => byDoc.get(doc) ?? []));
}

/** Another memory, there already or about to be stored, and what it states. */
interface Other {
  readonly known: MemoryRecord | NewMemory;
  readonly other: Statement | undefined;
}

function noticedOf(memory: NewMemory, statement: Statement, among: readonly Other[]): Noticed {
  const related = among
    .flatMap(({ known, other }) => {
      const found =
        other !== undefined && areComparable(memory, known) ? compare(other, statement) : undefined;
      return found === undefined ? [] : [{ known, found }];
    })
    .toSorted((one, other) => other.found.similarity - one.found.similarity);
  const double = related.find(({ known, found }) => isDouble(memory, known, found));
  return {
    double: double && {
      known: double.known as MemoryRecord,
      saysMore: double.found.saysAll === 'second',
    },
    links: related.slice(0, linksEach).map(({ known, found: { relation, similarity } }) => ({
      other: known.id,
      relation,
      similarity: Math.round(similarity * 1_000) / 1_000,
    })),
  };
}

/** Whether one text may stand for both, and nothing else would be lost. What is stored beside it is not there yet. */
const isDouble = (
  memory: NewMemory,
  known: MemoryRecord | NewMemory,
  { relation, saysAll }: Sameness,
): boolean =>
  'doc' in known &&
  relation === 'near' &&
  saysAll !== 'neither' &&
  isAtOneWith(memory, known) &&
  (Object.keys(memory.metadata).length === 0 || isDeepStrictEqual(memory.metadata, known.metadata));
