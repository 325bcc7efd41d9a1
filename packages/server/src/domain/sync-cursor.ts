import { StellarError } from './stellar-error.js';

/** How far a reader is in a tenant's feed. Says nothing of whose feed: that comes from the credential alone (FR-09). */
export interface SyncCursor {
  /** Names the history that `seq` counts. */
  readonly epoch: string;
  /** The last change that was seen. */
  readonly seq: number;
  /** Chain of that change: another one means that the database was set back and went on differently. */
  readonly chain: string;
  /** Within a snapshot: the last memory that was seen. */
  readonly after?: string;
  /** While catching up: memories were shown as they were at this later change. */
  readonly shown?: Change | undefined;
}

/** A change by its number, and the chain that it must have. */
export interface Change {
  readonly seq: number;
  readonly chain: string;
}

/** Where a tenant's feed stands. */
export interface FeedState {
  readonly epoch: string;
  readonly head: number;
  /** Changes up to here are no longer in the log. */
  readonly floor: number;
  /** Chain of the change at `head`. */
  readonly chain: string;
}

/** The feed of a tenant who never changed anything. */
export const emptyFeed: FeedState = { epoch: '0', head: 0, floor: 0, chain: '' };

const pattern =
  /^([0-9a-f]{1,8})\.(\d{1,15})\.([0-9a-f]{0,16})(?:_(\d{1,15})\.([0-9a-f]{1,16}))?(?:~([A-Za-z0-9_-]{1,2800}))?$/;

/** The cursor as clients carry it: characters that need no encoding in a URL. */
export const encodeSyncCursor = ({ epoch, seq, chain, shown, after }: SyncCursor): string =>
  `${epoch}.${seq}.${chain}` +
  (shown === undefined ? '' : `_${shown.seq}.${shown.chain}`) +
  (after === undefined ? '' : `~${Buffer.from(after).toString('base64url')}`);

/** Errors: `bad_request` for what is no cursor. One of somebody else's feed parses, and leads to a reset. */
export function decodeSyncCursor(text: string): SyncCursor {
  const [, epoch, seq, chain, shownSeq, shownChain, after] = pattern.exec(text) ?? [];
  if (epoch === undefined || seq === undefined || chain === undefined)
    throw new StellarError('bad_request', {
      detail: 'The cursor is not one that this server gave.',
    });
  const shown =
    shownChain === undefined ? {} : { shown: { seq: Number(shownSeq), chain: shownChain } };
  const place = { epoch, seq: Number(seq), chain, ...shown };
  if (after === undefined) return place;
  const id = Buffer.from(after, 'base64url').toString();
  return { ...place, after: id.replaceAll('\u0000', '') };
}

/** Where a reader stands who is at this change and was shown memories as they are now. */
export const cursorAt = (
  { epoch, head, chain: chainAtHead }: FeedState,
  { seq, chain }: Change,
): SyncCursor => ({
  epoch,
  seq,
  chain,
  ...(head > seq ? { shown: { seq: head, chain: chainAtHead } } : {}),
});

/**
 * Whether a reader may go on from the cursor: same history, still in the log, same chain there and at the change up to
 * which he was shown memories.
 *
 * @param chainOf chain of the change at a number of the cursor, when the log has it
 */
export function mayResume(
  cursor: SyncCursor,
  state: FeedState,
  chainOf: (seq: number) => string | undefined,
): boolean {
  if (cursor.shown !== undefined && chainOf(cursor.shown.seq) !== cursor.shown.chain) return false;
  // Before the first change there is no epoch yet; everything since then is in the log.
  if (cursor.epoch === emptyFeed.epoch && cursor.seq === 0 && state.floor === 0) return true;
  if (cursor.epoch !== state.epoch) return false;
  if (cursor.seq < state.floor || cursor.seq > state.head) return false;
  if (cursor.seq === 0) return cursor.chain === '';
  return cursor.chain === chainOf(cursor.seq);
}
