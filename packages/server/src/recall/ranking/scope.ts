import type { IndexView } from '../index-view.js';

/** Which documents a query is scored in, when it is not all. */
export interface Scope {
  /** 1 by session: all of its documents. */
  readonly sessions: Uint8Array;
  /** 1 by document: those of no session. */
  readonly wanted: Uint8Array;
}

/** Share of all sessions from which on it costs less to score all documents than to leave some out. */
const mostOf = 1 / 2;

/**
 * The documents that the scores of some depend on: those themselves, and all others of their sessions, which give
 * context. `undefined` when that is a great part of the tenant.
 *
 * @param wanted 1 by document for those that may be returned
 */
export function scopeOf(
  { head, sessions, sessionLengths }: IndexView,
  wanted: Uint8Array,
): Scope | undefined {
  const inScope = new Uint8Array(sessionLengths.length);
  let count = 0;
  for (let doc = 0; doc < head; doc++) {
    if (wanted[doc] === 0) continue;
    const session = sessions[doc]!;
    if (session < 0 || inScope[session] === 1) continue;
    inScope[session] = 1;
    count++;
  }
  return count > sessionLengths.length * mostOf ? undefined : { sessions: inScope, wanted };
}

/** Whether a document is scored. */
export function isWithin({ sessions, wanted }: Scope, of: Int32Array, doc: number): boolean {
  const session = of[doc]!;
  return (session < 0 ? wanted[doc] : sessions[session]) === 1;
}
