import { StellarError } from '../domain/stellar-error.js';

/** An entity tag as HTTP writes it. */
export const quoteTag = (tag: string): string => `"${tag}"`;

/**
 * The version that If-Match demands. `*` demands only that the memory exists, as every edit does.
 * A weak tag never matches (RFC 9110 §13.1.1). Errors: `bad_request`, `precondition_failed`.
 */
export function ifMatchOf(header: string | undefined): string | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  if (/^W\/"[\x21\x23-\x7e]*"$/.test(header.trim())) throw new StellarError('precondition_failed');
  const [, tag] = /^"([\x21\x23-\x7e]{1,200})"$/.exec(header.trim()) ?? [];
  if (tag === undefined)
    throw new StellarError('bad_request', { detail: 'If-Match must be one quoted entity tag.' });
  return tag;
}
