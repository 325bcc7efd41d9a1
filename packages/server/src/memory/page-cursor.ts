import { StellarError } from '../domain/stellar-error.js';

/** Where a page ended: a number that it is ordered by, and a name for those that have the same. */
export type PagePosition = readonly [number, string];

/** The end of a page as clients carry it. */
export const encodeCursor = (position: PagePosition): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/** Errors: `bad_request` for what is no cursor. One of somebody else names a place in the caller's own list. */
export function decodeCursor(cursor: string): PagePosition {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(decoded) && decoded.length === 2) {
      const [number, name] = decoded as unknown[];
      if (Number.isFinite(number) && typeof name === 'string' && !name.includes('\u0000'))
        return [number as number, name];
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new StellarError('bad_request', { detail: 'The cursor is not one that this server gave.' });
}
