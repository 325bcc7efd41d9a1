/**
 * 32-bit hash of a term's UTF-8 bytes: FNV-1a with the final mix of MurmurHash3, so that all bits are equally good.
 * It decides in which block a term lies, so it must never change without a new block format.
 */
export function termHash(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ bytes[index]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * 53-bit key of a session's name: the index only asks whether two memories share a session, and a tenant may have
 * as many sessions as memories. 500,000 sessions of one tenant collide with a probability of 1 in 70,000.
 */
export function sessionKey(name: string): number {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let index = 0; index < name.length; index++) {
    const unit = name.charCodeAt(index);
    low = Math.imul(low ^ unit, 2654435761);
    high = Math.imul(high ^ unit, 1597334677);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return (high & 0x1f_ffff) * 0x1_0000_0000 + (low >>> 0);
}
