import { createHash, createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { base62Of, randomBase62 } from './base62.js';

const prefix = 'sm_live_';
const currentPattern = /^sm_live_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/;
const legacyPattern = /^sk-stellar-[0-9a-f]{32}$/;

/** A new key: `sm_live_`, 30 random base62 characters (178 bits), 6 characters of CRC32 over both. */
export function generateKey(): string {
  const body = prefix + randomBase62(30);
  return body + checksumOf(body);
}

const checksumOf = (body: string): string => base62Of(crc32(body));

/**
 * What the database keeps of a key, or `undefined` when the text cannot be one.
 *
 * New keys: hex HMAC-SHA256 with the server's secret, so that a stolen table opens nothing. Keys of v1: hex
 * SHA-256, as v1 stored them. A typo or a random guess fails the checksum and never reaches the database.
 */
export function keyHash(presented: string, secret: string): string | undefined {
  if (currentPattern.test(presented)) {
    const body = presented.slice(0, -6);
    if (presented.slice(-6) !== checksumOf(body)) return undefined;
    return createHmac('sha256', secret).update(presented).digest('hex');
  }
  if (legacyPattern.test(presented)) return createHash('sha256').update(presented).digest('hex');
  return undefined;
}

/** What a key shows of itself in lists: enough to tell keys apart, far too little to guess one. */
export const keyMarks = (key: string): { prefix: string; last4: string } => ({
  prefix: key.slice(0, prefix.length + 4),
  last4: key.slice(-4),
});
