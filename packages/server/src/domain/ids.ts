import { randomUUID } from 'node:crypto';
import { StellarError } from './stellar-error.js';

declare const brand: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** Id of the account that owns every row it names: a lower-case UUID. */
export type UserId = Branded<string, 'UserId'>;

/** Id of a memory, unique within its tenant only: text, a UUIDv7 when this server made it. */
export type MemoryId = Branded<string, 'MemoryId'>;

/** Id of an API key: a lower-case UUID. */
export type ApiKeyId = Branded<string, 'ApiKeyId'>;

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether the text is a lower-case UUID of any version. */
export const isUuid = (text: string): boolean => uuidPattern.test(text);

/** Checks and brands a user id. The door trusts the brand, so nothing else may make one. */
export function userId(text: string): UserId {
  if (!isUuid(text)) throw new StellarError('internal', { detail: 'A user id is not a UUID.' });
  return text as UserId;
}

/** Brands a memory id that a client sent or a row holds. Any text is allowed: v1 clients choose their own. */
export const memoryId = (text: string): MemoryId => text as MemoryId;

/** Brands an API key id that a row holds. */
export const apiKeyId = (text: string): ApiKeyId => text as ApiKeyId;

/** A UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits, so that ids sort by creation. */
export function uuidv7(nowMs: number): string {
  const time = nowMs.toString(16).padStart(12, '0');
  // Its random bits are taken from a reserve; asking the system for each id takes four times as long.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
