import type { ChangeEvent, Memory } from '@stellar-memory/protocol';
import type { UserId } from '../domain/ids.js';
import {
  cursorAt,
  emptyFeed,
  encodeSyncCursor,
  type FeedState,
  mayResume,
  type SyncCursor,
} from '../domain/sync-cursor.js';
import {
  type ChangeRow,
  selectChain,
  selectChanges,
  selectDocsAfter,
  selectDocsOf,
  selectFeedState,
} from '../storage/statements/changes.js';
import { selectMemoriesByDoc } from '../storage/statements/memories.js';
import type { TenantDoor, TenantTransaction } from '../storage/tenant-door.js';
import { present } from './present.js';

/** Memories that a page of changes names at most, unless one transaction alone names more. */
const memoriesAPage = 200;

/** What a reader gets next. */
export interface FeedPage {
  /** `reset`: what the reader holds is of another history; he starts anew with these memories. */
  readonly mode: 'delta' | 'snapshot' | 'reset';
  /** Where to go on. */
  readonly cursor: SyncCursor;
  /** The tenant's last change. */
  readonly head: number;
  /** Changes no longer in the log. */
  readonly floor: number;
  /** With `delta`. */
  readonly events: readonly ChangeEvent[];
  /** With `snapshot` and `reset`, in the order of their ids. */
  readonly memories: readonly Memory[];
  /** Whether there is more to be had at once. */
  readonly more: boolean;
}

/** A tenant's changes in the order of their commits, and everything he has. */
export interface ChangeFeed {
  /** What comes after the cursor; without one the first page of a snapshot. Round trips: at most 3. */
  read(userId: UserId, cursor: SyncCursor | undefined, limit: number): Promise<FeedPage>;
  /** Where the feed stands. */
  state(userId: UserId): Promise<FeedState>;
}

/** Opens the feed over the tenant door. */
export const createChangeFeed = ({ tenants }: { readonly tenants: TenantDoor }): ChangeFeed => ({
  read: (userId, cursor, limit) =>
    tenants.withTenant(userId, (tx) => readPage(tx, cursor, limit), { readOnly: true }),
  state: async (userId) =>
    (await tenants.withTenant(userId, selectFeedState, { readOnly: true })) ?? emptyFeed,
});

async function readPage(
  tx: TenantTransaction,
  cursor: SyncCursor | undefined,
  limit: number,
): Promise<FeedPage> {
  // The change at the cursor comes along: its chain says whether the reader is of this history.
  const shown = cursor?.shown;
  const [found, rows, chainShown] = await Promise.all([
    selectFeedState(tx),
    cursor === undefined ? [] : selectChanges(tx, cursor.seq, limit + 1),
    shown && selectChain(tx, shown.seq),
  ]);
  const state = found ?? emptyFeed;
  if (cursor === undefined) return readSnapshot(tx, state, startOf(state), 'snapshot', limit);
  const chainOf = (seq: number): string | undefined => {
    // The floor's own row is gone: there the chain cannot be compared, unless nothing came after it.
    if (seq === state.head) return state.chain;
    return seq === shown?.seq ? chainShown : rows.find((row) => row.seq === seq)?.chain;
  };
  if (!mayResume(cursor, state, chainOf))
    return readSnapshot(tx, state, startOf(state), 'reset', limit);
  if (cursor.after !== undefined) return readSnapshot(tx, state, cursor, 'snapshot', limit);
  return readDelta(
    tx,
    state,
    cursor,
    rows.filter(({ seq }) => seq > cursor.seq),
  );
}

const startOf = ({ epoch, head, chain }: FeedState): SyncCursor => ({ epoch, seq: head, chain });

async function readDelta(
  tx: TenantTransaction,
  state: FeedState,
  cursor: SyncCursor,
  rows: readonly ChangeRow[],
): Promise<FeedPage> {
  const page = withinPage(rows);
  const memories = await readMemories(
    tx,
    page.flatMap(({ stored }) => stored),
  );
  const byId = new Map(memories.map((memory) => [memory.id, memory]));
  const last = page.at(-1);
  const reached = cursorAt(state, last ?? cursor);
  return {
    mode: 'delta',
    cursor: reached,
    head: state.head,
    floor: state.floor,
    events: page.map((row) => eventOf(row, state, byId)),
    memories: [],
    more: reached.seq < state.head,
  };
}

/** The first rows that together name no more memories than a page holds, at least one. */
function withinPage(rows: readonly ChangeRow[]): readonly ChangeRow[] {
  let named = 0;
  const end = rows.findIndex(({ stored }, index) => {
    named += stored.length;
    return index > 0 && named > memoriesAPage;
  });
  return end === -1 ? rows : rows.slice(0, end);
}

/**
 * One transaction as a reader sees it: memories as they are now, so that nothing that was forgotten since can show.
 * Forgets go first: a memory that was forgotten and stored again in one transaction is there.
 */
function eventOf(
  { seq, chain, at, stored, forgotten, mutation, madeBy }: ChangeRow,
  state: FeedState,
  byId: ReadonlyMap<string, Memory>,
): ChangeEvent {
  const there = [...new Set(stored)].flatMap((id) => byId.get(id) ?? []);
  return {
    from: seq - 1,
    to: seq,
    cursor: encodeSyncCursor(cursorAt(state, { seq, chain })),
    at: at.getTime() / 1000,
    ops: [
      ...[...new Set(forgotten)].map((id) => ({ op: 'forget' as const, id })),
      ...there.map((memory) => ({ op: 'put' as const, memory })),
    ],
    ...(mutation === null ? {} : { mut: mutation }),
    ...(madeBy.length === 0 ? {} : { by: [...madeBy] }),
  };
}

/** A page of everything there is, in the order of the ids: what changes meanwhile comes after it as changes. */
async function readSnapshot(
  tx: TenantTransaction,
  state: FeedState,
  from: SyncCursor,
  mode: 'snapshot' | 'reset',
  limit: number,
): Promise<FeedPage> {
  const place = cursorAt(state, from);
  const docs = await selectDocsAfter(tx, from.after ?? '', limit + 1);
  const memories = await readInOrder(tx, docs.slice(0, limit));
  const last = memories.at(-1);
  const unfinished = docs.length > limit && last !== undefined;
  return {
    mode,
    cursor: unfinished ? { ...place, after: last.id } : place,
    head: state.head,
    floor: state.floor,
    events: [],
    memories,
    more: unfinished || from.seq < state.head,
  };
}

async function readMemories(tx: TenantTransaction, ids: readonly string[]): Promise<Memory[]> {
  const docs = await selectDocsOf(tx, [...new Set(ids)]);
  return readInOrder(tx, docs);
}

/** In the order of the document numbers: how ids compare is the database's to say. */
async function readInOrder(tx: TenantTransaction, docs: readonly number[]): Promise<Memory[]> {
  if (docs.length === 0) return [];
  const records = await selectMemoriesByDoc(tx, docs);
  const byDoc = new Map(records.map((record) => [record.doc, record]));
  return docs.flatMap((doc) => {
    const record = byDoc.get(doc);
    return record === undefined ? [] : [present(record)];
  });
}
