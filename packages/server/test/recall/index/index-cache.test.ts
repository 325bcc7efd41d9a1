import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { userId } from '../../../src/domain/ids.js';
import { IndexCache } from '../../../src/recall/index/index-cache.js';
import { type IndexState, stateBytes } from '../../../src/recall/index/index-state.js';
import { nextState } from '../../../src/recall/index/next-state.js';
import { queryTerm } from '../../../src/recall/index/recent-terms.js';
import { Segment } from '../../../src/recall/index/segment.js';
import { documentOf, entryOf } from './model.js';

const someone = () => userId(randomUUID());

function state(documents: number, version = 1, generation = 0): IndexState {
  return nextState(undefined, {
    head: { version, generation, nextDoc: documents, memories: documents },
    segments: undefined,
    heads: new Map(),
    recent: Array.from({ length: documents }, (_, doc) => ({
      doc,
      entry: entryOf(documentOf(['some', 'words', `and-${doc}`])),
    })),
    dead: new Uint32Array(0),
  });
}

/** A state with a segment of which a block of so many bytes was read. */
function withBlock(base: IndexState, bytes: number): IndexState {
  const segment = new Segment({
    segment: 0,
    firstDoc: 0,
    endDoc: 0,
    documents: 0,
    sharedBlocks: 1,
    ownTerms: 0,
    listsAllTerms: false,
    sharedBytes: bytes,
    bytes,
    analysis: 1,
  });
  const [address] = segment.missing([queryTerm('word')]);
  segment.keep(
    [address!],
    new Map([[address!, [{ block: address!, part: 0, data: new Uint8Array(bytes) }]]]),
  );
  return { ...base, segments: [{ segment, base: 0 }] };
}

describe('index cache', () => {
  test('stays within its bytes and lets go of the tenants that were asked for the longest ago', () => {
    const one = stateBytes(state(100));
    const cache = new IndexCache(one * 3.5);
    const tenants = Array.from({ length: 5 }, someone);
    for (const tenant of tenants.slice(0, 3)) cache.put(tenant, state(100));
    cache.put(tenants[0]!, cache.get(tenants[0]!)!);
    for (const tenant of tenants.slice(3)) {
      cache.put(tenant, state(100));
      expect(cache.bytes).toBeLessThanOrEqual(one * 3.5);
    }
    const kept = tenants.map((tenant) => cache.get(tenant) !== undefined);
    expect(kept).toEqual([true, false, false, true, true]);
  });

  test('counts what a state has read since it was put', () => {
    const cache = new IndexCache(10_000_000);
    const tenant = someone();
    const bare = state(10);
    cache.put(tenant, bare);
    const before = cache.bytes;
    cache.put(tenant, withBlock(bare, 50_000));
    expect(cache.bytes - before).toBeGreaterThan(50_000);
  });

  test('lets go of the blocks of a tenant that alone is too large, without taking them from who reads', () => {
    const cache = new IndexCache(100_000);
    const tenant = someone();
    const large = withBlock(state(10), 200_000);
    cache.put(tenant, large);
    expect(cache.bytes).toBeLessThan(100_000);
    expect(cache.get(tenant)!.segments[0]!.segment.missing([queryTerm('word')])).toHaveLength(1);
    expect(large.segments[0]!.segment.missing([queryTerm('word')])).toEqual([]);
  });

  test('keeps nothing of a tenant whose documents alone are too much', () => {
    const cache = new IndexCache(1_000);
    const tenant = someone();
    cache.put(tenant, state(100));
    expect(cache.get(tenant)).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });

  test('keeps the later of two states, whichever comes last', () => {
    const cache = new IndexCache(10_000_000);
    const tenant = someone();
    const [early, late, merged] = [state(1, 1), state(2, 2), state(2, 2, 1)];
    cache.put(tenant, late);
    cache.put(tenant, early);
    expect(cache.get(tenant)).toBe(late);
    cache.put(tenant, merged);
    cache.put(tenant, late);
    expect(cache.get(tenant)).toBe(merged);
  });

  test('answers a tenant with his own state only', () => {
    const cache = new IndexCache(10_000_000);
    cache.put(someone(), state(3));
    expect(cache.get(someone())).toBeUndefined();
  });
});
