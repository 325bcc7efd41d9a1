import { setImmediate } from 'node:timers/promises';
import type { UserId } from '../../domain/ids.js';
import {
  type BlockRow,
  deleteBlockRange,
  insertBlocks,
  selectBlockRange,
} from '../../storage/statements/index-blocks.js';
import { deleteDead } from '../../storage/statements/index-dead.js';
import { deleteRecentBelow, type RecentRow } from '../../storage/statements/index-recent.js';
import {
  claimIndex,
  extendClaim,
  type MergeClaim,
  raiseGeneration,
  releaseClaim,
  selectMergedIndex,
  swapSegments,
} from '../../storage/statements/index-states.js';
import type { TenantDoor, TenantTransaction } from '../../storage/tenant-door.js';
import type { IndexedDocument } from '../lexical-index.js';
import { segmentStart } from './block-address.js';
import { DocumentColumns } from './document-columns.js';
import { defaultMergePolicy, type MergePolicy } from './merge-policy.js';
import {
  type MergeSnapshot,
  type MergeWish,
  mergeIsDue,
  readMergeSnapshot,
} from './merge-snapshot.js';
import { MergedSegment, mergeRecents } from './merge-sources.js';
import { mergeTerms } from './merge-terms.js';
import type { SegmentFacts } from './segment-facts.js';
import { SegmentWriter } from './segment-writer.js';

/** Points of a merge between which a crash must lose nothing; tests stop there. */
export type MergeStep = 'claimed' | 'read' | 'written' | 'swapping' | 'swapped';

/** How to merge. */
export interface MergeOptions {
  /** Makes the entry of a memory that the store statement made none for. */
  readonly encode: (document: IndexedDocument) => Uint8Array;
  readonly policy?: MergePolicy;
  /** Merges recent documents however few they are, which also indexes memories that have no entry. */
  readonly flush?: boolean;
  /**
   * Writes segments anew that hold a document which died at this version or before. When there is none any more, blocks
   * that crashed merges have left are taken away too.
   */
  readonly purgeUntil?: number;
  readonly onStep?: (step: MergeStep) => void | Promise<void>;
}

/**
 * `merged in part`: recent documents are left that did not fit. `lost`: another node claimed the index meanwhile,
 * because this one was too slow; nothing was changed.
 */
export type MergeOutcome = 'merged' | 'merged in part' | 'nothing' | 'claimed elsewhere' | 'lost';

/** Seconds without a sign of life after which another node may take a merge over. */
const claimSeconds = 60;
/** Bytes of new blocks that are written in one transaction. */
const batchBytes = 1024 * 1024;
/** Memories that are analysed before others may run. */
const analysedAtOnce = 32;
/** Old blocks that are deleted in one transaction. */
const sweepRows = 512;

/**
 * Makes the tenant's recent documents a segment, or several segments one, if that is due.
 *
 * Blocks are written under a segment number that nobody reads yet, in transactions of their own that no other
 * writer waits for; one short transaction then puts the segment in place of what it replaces. A crash before the swap leaves blocks that nobody refers to, a crash after it leaves old blocks; the next
 * merge deletes both. Documents that die while a merge runs keep their row in `index_dead`, which holds for whatever
 * segment they are in.
 */
export async function mergeTenant(
  door: TenantDoor,
  userId: UserId,
  options: MergeOptions,
): Promise<MergeOutcome> {
  const policy = options.policy ?? defaultMergePolicy;
  const due = await door.withTenant(userId, (tx) => mergeIsDue(tx, policy, options), {
    readOnly: true,
  });
  if (!due && options.purgeUntil === undefined) return 'nothing';
  const claim = await door.withTenant(userId, (tx) => claimIndex(tx, claimSeconds));
  if (claim === undefined) return 'claimed elsewhere';
  await options.onStep?.('claimed');
  const merge = new Merge(door, userId, claim, options);
  try {
    return await merge.run(policy, options);
  } catch (error) {
    if (error instanceof ClaimLost) return 'lost';
    throw error;
  }
}

/** Rolls back a transaction of a merge that another node has taken over. */
class ClaimLost extends Error {}

class Merge {
  readonly #door: TenantDoor;
  readonly #userId: UserId;
  readonly #claim: MergeClaim;
  readonly #onStep: (step: MergeStep) => void | Promise<void>;
  readonly #encode: MergeOptions['encode'];
  #rows: BlockRow[] = [];
  #bytes = 0;

  constructor(door: TenantDoor, userId: UserId, claim: MergeClaim, options: MergeOptions) {
    this.#door = door;
    this.#userId = userId;
    this.#claim = claim;
    this.#onStep = options.onStep ?? (() => undefined);
    this.#encode = options.encode;
  }

  async run(policy: MergePolicy, wish: MergeWish): Promise<MergeOutcome> {
    const snapshot = await this.#read((tx) => readMergeSnapshot(tx, policy, wish));
    await this.#onStep('read');
    if (snapshot === undefined) {
      if (wish.purgeUntil !== undefined) await this.#sweepAll();
      await this.#write((tx) => releaseClaim(tx, this.#claim));
      return 'nothing';
    }
    const made = await this.#build(snapshot);
    const { segments, choice } = snapshot;
    const before = segments.slice(0, choice.from);
    const after = [...before, ...(made === undefined ? [] : [made]), ...segments.slice(choice.to)];
    await this.#swap(snapshot, after);
    await this.#onStep('swapped');
    await this.#sweep(after);
    return choice.recent && snapshot.mergedUntil < snapshot.nextDoc ? 'merged in part' : 'merged';
  }

  /** Writes the new segment's blocks; `undefined` when every document is dead. */
  async #build(snapshot: MergeSnapshot): Promise<SegmentFacts | undefined> {
    const { choice, firstDoc, endDoc } = snapshot;
    const dead = new Set(snapshot.dead);
    const columns = new DocumentColumns(1_024);
    const old = snapshot.segments
      .slice(choice.from, choice.to)
      .map((facts, index) => new MergedSegment(facts, snapshot.heads[index]!, dead, columns));
    const recents = mergeRecents(await this.#recentRows(snapshot), dead, columns);
    if (columns.count === 0) return undefined;
    const sharedBytes = old.reduce(
      (sum, { facts }) => sum + facts.sharedBytes,
      recents.terms.sharedBytes,
    );
    const analysis = Math.min(recents.analysis, ...old.map(({ facts }) => facts.analysis));
    const { segment } = this.#claim;
    const writer = new SegmentWriter(
      { segment, firstDoc, endDoc, sharedBytes, analysis },
      columns,
      (row) => this.#keep(row),
    );
    await mergeTerms(old, recents.terms, writer, {
      read: (ranges) =>
        this.#read((tx) =>
          Promise.all(ranges.map(({ from, to }) => selectBlockRange(tx, from, to))),
        ),
      breathe: () => this.#breathe(),
    });
    const facts = writer.end();
    await this.#flush();
    return facts;
  }

  /** Recent rows, with those that had to be made, in order. Text analysis takes its time: others run in between. */
  async #recentRows({ recent, unindexed }: MergeSnapshot): Promise<readonly RecentRow[]> {
    if (unindexed.length === 0) return recent;
    const made: RecentRow[] = [];
    for (const [index, source] of unindexed.entries()) {
      if (index % analysedAtOnce === 0) await setImmediate();
      made.push({ doc: source.doc, entry: this.#encode(source) });
    }
    return [...recent, ...made].sort((a, b) => a.doc - b.doc);
  }

  #keep(row: BlockRow): void {
    this.#rows.push(row);
    this.#bytes += row.data.length;
  }

  /** Lets requests run; writes out what has gathered when that is much. */
  async #breathe(): Promise<void> {
    if (this.#bytes < batchBytes) await setImmediate();
    else await this.#flush();
  }

  async #flush(): Promise<void> {
    await this.#write(async (tx) => {
      const [mine] = await Promise.all([
        extendClaim(tx, this.#claim, claimSeconds),
        insertBlocks(tx, this.#rows),
      ]);
      if (!mine) throw new ClaimLost();
    });
    this.#rows = [];
    this.#bytes = 0;
    await this.#onStep('written');
  }

  /** Takes the lock that every writer of the tenant takes first, so there is no deadlock, for a few milliseconds. */
  async #swap(snapshot: MergeSnapshot, segments: readonly SegmentFacts[]): Promise<void> {
    await this.#write(async (tx) => {
      const [, mine] = await Promise.all([
        raiseGeneration(tx),
        swapSegments(tx, this.#claim, snapshot.mergedUntil, segments),
        deleteRecentBelow(tx, snapshot.mergedUntil),
        deleteDead(tx, snapshot.dead),
      ]);
      if (!mine) throw new ClaimLost();
      await this.#onStep('swapping');
    });
  }

  /** The same when nothing was merged. */
  async #sweepAll(): Promise<void> {
    const { segments } = await this.#read(selectMergedIndex);
    await this.#sweep(segments as readonly SegmentFacts[]);
  }

  /** Deletes blocks of all segments up to this one that are not in place: replaced ones and those of crashed merges. */
  async #sweep(segments: readonly SegmentFacts[]): Promise<void> {
    const inPlace = segments.map(({ segment }) => segment).sort((a, b) => a - b);
    const bounds = [...inPlace, this.#claim.segment + 1];
    const gaps = bounds
      .map((end, index) => ({ from: index === 0 ? 0 : bounds[index - 1]! + 1, to: end }))
      .filter(({ from, to }) => from < to);
    for (let more = true; more; ) {
      const deleted = await this.#write((tx) =>
        Promise.all(
          gaps.map(({ from, to }) =>
            deleteBlockRange(tx, segmentStart(from), segmentStart(to), sweepRows),
          ),
        ),
      );
      more = deleted.some((rows) => rows === sweepRows);
    }
  }

  #read<Result>(work: (tx: TenantTransaction) => Promise<Result>): Promise<Result> {
    return this.#door.withTenant(this.#userId, work, { readOnly: true });
  }

  #write<Result>(work: (tx: TenantTransaction) => Promise<Result>): Promise<Result> {
    return this.#door.withTenant(this.#userId, work);
  }
}
