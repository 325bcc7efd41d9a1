import type { BlockRow } from '../../storage/statements/index-blocks.js';
import type { AddressRange, HashRange, MergedSegment } from './merge-sources.js';
import type { SegmentWriter } from './segment-writer.js';
import { TermGroups } from './term-groups.js';

/** Bytes of old blocks that are held and merged at a time: a few milliseconds of the event loop. */
const pieceBytes = 256 * 1024;

/** Reads and writes of a merge, so that it can be a pure walk over hashes. */
export interface MergeIo {
  /** All parts in each of the ranges, in order. */
  read(ranges: readonly AddressRange[]): Promise<readonly (readonly BlockRow[])[]>;
  /** Called after each piece: may write rows out and let others run. */
  breathe(): Promise<void>;
}

/** Merges the terms of old segments, oldest first, and of recent documents into the writer, piece by piece. */
export async function mergeTerms(
  segments: readonly MergedSegment[],
  recents: TermGroups,
  writer: SegmentWriter,
  io: MergeIo,
): Promise<void> {
  const recent = recents.sorted();
  const groups = new TermGroups();
  let next = 0;
  for (const range of pieces(segments)) {
    groups.clear();
    await gatherSegments(segments, range, groups, io);
    for (; next < recent.length && recents.hashOf(recent[next]!) < range.high; next++)
      groups.absorb(recents, recent[next]!);
    for (const group of groups.sorted()) {
      const term = groups.read(group);
      // The dead may have been its only documents.
      if (term.list.ordinals.length > 0) writer.add(term);
    }
    await io.breathe();
  }
}

function pieces(segments: readonly MergedSegment[]): HashRange[] {
  const bytes = segments.reduce((sum, { facts }) => sum + facts.bytes, 0);
  const count = Math.max(1, Math.ceil(bytes / pieceBytes));
  const bound = (piece: number): number => Math.floor((piece * 2 ** 32) / count);
  return Array.from({ length: count }, (_, piece) => ({
    low: bound(piece),
    high: bound(piece + 1),
  }));
}

async function gatherSegments(
  segments: readonly MergedSegment[],
  range: HashRange,
  groups: TermGroups,
  io: MergeIo,
): Promise<void> {
  const ranges = segments.map((segment) => segment.ranges(range));
  const blocks = await io.read(ranges.flat());
  let next = 0;
  for (const [index, segment] of segments.entries())
    for (let part = 0; part < ranges[index]!.length; part++)
      segment.gather(blocks[next++]!, range, groups);
}
