import { StellarError } from '../domain/stellar-error.js';
import type { PageEnd } from '../recall/lexical-index.js';
import { orbitReach } from '../recall/ranking/orbit-order.js';

/** Documents of a page's end that a cursor names: one is enough unless it is forgotten or edited meanwhile. */
const namedDocs = 4;
const maxDoc = 2_147_483_647;

/** Where a page begins: behind the end of what is done with, without what was taken from further behind. */
export interface RecallPosition {
  readonly after: PageEnd | undefined;
  readonly ahead: readonly number[];
}

/** The end of what is done with. */
export const pageEnd = (
  done: readonly { readonly doc: number; readonly score: number }[],
): PageEnd => ({
  score: done.at(-1)?.score ?? 0,
  docs: done
    .slice(-namedDocs)
    .map(({ doc }) => doc)
    .toReversed(),
});

/** A position as clients carry it: `[[score, …docs], [ahead …]]`, the first empty at the beginning. */
export function encodeRecallCursor({ after, ahead }: RecallPosition): string {
  const end = after === undefined ? [] : [after.score, ...after.docs];
  return Buffer.from(JSON.stringify([end, ahead])).toString('base64url');
}

/** Errors: `bad_request` for what is no cursor. One of somebody else names a place in the caller's own list. */
export function decodeRecallCursor(cursor: string): RecallPosition {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(decoded) && decoded.length === 2) {
      const [end, ahead] = decoded as unknown[];
      if (isPageEnd(end) && isAhead(ahead)) return { after: toPageEnd(end), ahead };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new StellarError('bad_request', { detail: 'The cursor is not one that this server gave.' });
}

const isPageEnd = (value: unknown): value is number[] =>
  Array.isArray(value) &&
  (value.length === 0 ||
    (value.length > 1 &&
      value.length <= 1 + namedDocs &&
      Number.isFinite(value[0]) &&
      value.slice(1).every(isDoc)));

const toPageEnd = ([score, ...docs]: number[]): PageEnd | undefined =>
  score === undefined ? undefined : { score, docs };

const isAhead = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length <= orbitReach && value.every(isDoc);

const isDoc = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maxDoc;
