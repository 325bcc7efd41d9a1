import { StellarError } from '../domain/stellar-error.js';
import type { PageEnd, SearchHit } from '../recall/lexical-index.js';

/** Documents of a page's end that a cursor names: one is enough unless it is forgotten or edited meanwhile. */
const namedDocs = 4;
const maxDoc = 2_147_483_647;

/** The end of a page as clients carry it. */
export function encodeRecallCursor(page: readonly SearchHit[]): string {
  const docs = page.slice(-namedDocs).map(({ doc }) => doc);
  const end = [page.at(-1)?.score ?? 0, ...docs.toReversed()];
  return Buffer.from(JSON.stringify(end)).toString('base64url');
}

/** Errors: `bad_request` for what is no cursor. One of somebody else names a place in the caller's own list. */
export function decodeRecallCursor(cursor: string): PageEnd {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(decoded) && decoded.length > 1 && decoded.length <= 1 + namedDocs) {
      const [score, ...docs] = decoded as unknown[];
      if (Number.isFinite(score) && docs.every(isDoc)) return { score: score as number, docs };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new StellarError('bad_request', { detail: 'The cursor is not one that this server gave.' });
}

const isDoc = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maxDoc;
