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
  type FeedRows,
  selectDocsAfter,
  selectFeed,
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
  /** What comes after the cursor; without one the first page of a snapshot. Round trips: 1 after a cursor, else at most 3. */
  read(userId: UserId, cursor: SyncCursor | undefined, limit: number): Promise<FeedPage>;
  /** Where the feed stands. */
  state(userId: UserId): Promise<FeedState>;
}

/** Opens the feed over the tenant door. */
export const createChangeFeed = ({ tenants }: { readonly tenants: TenantDoor }): ChangeFeed => ({
  async read(userId, cursor, limit) {
    if (cursor !== undefined && cursor.after === undefined) {
      const delta = await tenants.withTenant(userId, (tx) => readDelta(tx.ending, cursor, limit), {
        readOnly: true,
      });
      if (delta !== undefined) return delta;
    }
    return tenants.withTenant(userId, (tx) => readSnapshot(tx, cursor, limit), { readOnly: true });
  },
  state: async (userId) =>
    (await tenants.withTenant(userId, selectFeedState, { readOnly: true })) ?? emptyFeed,
});

/** What comes after the cursor; `undefined` when the reader has to start anew. One statement. */
async function readDelta(
  tx: TenantTransaction,
  cursor: SyncCursor,
  limit: number,
): Promise<FeedPage | undefined> {
  const feed = await readFrom(tx, cursor, limit);
  if (!mayResume(cursor, feed.state, chainsOf(feed, cursor.shown?.seq))) return undefined;
  const changes = feed.changes.filter(({ seq }) => seq > cursor.seq);
  const reached = cursorAt(feed.state, changes.at(-1) ?? cursor);
  return {
    mode: 'delta',
    cursor: reached,
    head: feed.state.head,
    floor: feed.state.floor,
    events: changes.map((change) => eventOf(change, feed.state)),
    memories: [],
    more: reached.seq < feed.state.head,
  };
}

/** A feed from the cursor on; the change at the cursor comes along, whose chain says whether the reader is of this history. */
const readFrom = async (
  tx: TenantTransaction,
  { seq, shown }: SyncCursor,
  changes: number,
): Promise<FeedRows> => {
  const query = { fromSeq: seq, shownSeq: shown?.seq, changes, memories: memoriesAPage };
  return (await selectFeed(tx, query)) ?? { state: emptyFeed, changes: [], shownChain: undefined };
};

/** The floor's own row is gone: there the chain cannot be compared, unless nothing came after it. */
const chainsOf =
  ({ state, changes, shownChain }: FeedRows, shown?: number) =>
  (seq: number): string | undefined =>
    seq === state.head
      ? state.chain
      : seq === shown
        ? shownChain
        : changes.find((row) => row.seq === seq)?.chain;

const startOf = ({ epoch, head, chain }: FeedState): SyncCursor => ({ epoch, seq: head, chain });

/**
 * One transaction as a reader sees it: memories as they are now, so that nothing that was forgotten since can show.
 * Forgets go first: a memory that was forgotten and stored again in one transaction is there.
 */
function eventOf(
  { seq, chain, at, memories, forgotten, mutation, madeBy }: ChangeRow,
  state: FeedState,
): ChangeEvent {
  const there = new Map(memories.map((memory) => [memory.id, memory]));
  return {
    from: seq - 1,
    to: seq,
    cursor: encodeSyncCursor(cursorAt(state, { seq, chain })),
    at: at.getTime() / 1000,
    ops: [
      ...[...new Set(forgotten)].map((id) => ({ op: 'forget' as const, id })),
      ...[...there.values()].map((memory) => ({ op: 'put' as const, memory: present(memory) })),
    ],
    ...(mutation === null ? {} : { mut: mutation }),
    ...(madeBy.length === 0 ? {} : { by: [...madeBy] }),
  };
}

/** A page of everything there is, in the order of the ids: what changes meanwhile comes after it as changes. */
async function readSnapshot(
  tx: TenantTransaction,
  cursor: SyncCursor | undefined,
  limit: number,
): Promise<FeedPage> {
  const { state, from, mode } = await readPlace(tx, cursor);
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

/** Where a snapshot begins or goes on. */
async function readPlace(
  tx: TenantTransaction,
  cursor: SyncCursor | undefined,
): Promise<{ state: FeedState; from: SyncCursor; mode: 'snapshot' | 'reset' }> {
  if (cursor?.after === undefined) {
    const state = (await selectFeedState(tx)) ?? emptyFeed;
    return { state, from: startOf(state), mode: cursor === undefined ? 'snapshot' : 'reset' };
  }
  const feed = await readFrom(tx, cursor, 0);
  const { state } = feed;
  return mayResume(cursor, state, chainsOf(feed, cursor.shown?.seq))
    ? { state, from: cursor, mode: 'snapshot' }
    : { state, from: startOf(state), mode: 'reset' };
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
