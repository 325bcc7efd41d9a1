import type { ClientErrorCode, ErrorCode } from './error-codes.js';

/** A field that the server refused: JSON pointer and what is wrong with it. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

/** What is known about a failure; what is not known is absent. */
export interface ErrorFacts {
  /** HTTP status; absent when no answer came. */
  readonly status?: number | undefined;
  /** What is wrong this time. */
  readonly detail?: string | undefined;
  /** What to do about it. */
  readonly next?: string | undefined;
  /** What the operator finds the request by. */
  readonly requestId?: string | undefined;
  /** Refused fields. */
  readonly errors?: readonly FieldError[] | undefined;
  /** What the tier allows, with `quota_exceeded`. */
  readonly limit?: number | undefined;
  /** How much of it is used, with `quota_exceeded`. */
  readonly used?: number | undefined;
  /** Where to get more, with `quota_exceeded`. */
  readonly upgradeUrl?: string | undefined;
  /** How long to wait before trying again. */
  readonly retryAfterSeconds?: number | undefined;
}

/** Why a call failed. An abort by the caller's own signal is none: it rejects with the signal's reason. */
export class StellarMemoryError extends Error implements ErrorFacts {
  override readonly name = 'StellarMemoryError';
  /** Stable and made to be compared. A newer server may send one that is not listed here. */
  readonly code: ErrorCode | ClientErrorCode;
  // Declared only, so that a printed error shows what is known and nothing else.
  declare readonly status?: number;
  declare readonly detail?: string;
  declare readonly next?: string;
  declare readonly requestId?: string;
  declare readonly errors?: readonly FieldError[];
  declare readonly limit?: number;
  declare readonly used?: number;
  declare readonly upgradeUrl?: string;
  declare readonly retryAfterSeconds?: number;

  constructor(code: ErrorCode | ClientErrorCode, facts: ErrorFacts = {}, cause?: unknown) {
    super(messageOf(code, facts), cause === undefined ? undefined : { cause });
    this.code = code;
    const known = Object.entries(facts).filter(([, value]) => value !== undefined);
    Object.assign(this, Object.fromEntries(known));
  }
}

function messageOf(code: string, { detail, errors = [], next, requestId }: ErrorFacts): string {
  const fields = errors.map((field) => `${field.pointer} ${field.detail}.`);
  const origin = requestId === undefined ? code : `${code}, request ${requestId}`;
  return [detail, ...fields, next, `[${origin}]`].filter((part) => part !== undefined).join(' ');
}
