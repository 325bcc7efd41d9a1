import { type ErrorCode, errorCodes } from '@stellar-memory/protocol';

/** One field that was refused, as a JSON Pointer and a reason. */
export interface FieldProblem {
  readonly pointer: string;
  readonly detail: string;
}

/** What a client may be told about an error. Never holds SQL, rows or secrets. */
export interface ErrorDetails {
  readonly detail?: string;
  readonly errors?: readonly FieldProblem[];
  readonly limit?: number;
  readonly used?: number;
  readonly upgrade_url?: string;
  readonly retryAfterSeconds?: number;
  /** Of an import: the line that it ended at, and what is kept of the lines before. */
  readonly progress?: { readonly line: number; readonly stored: number; readonly existing: number };
}

/** The only error that is meant for a client. Anything else is a fault and answers 500. */
export class StellarError extends Error {
  override readonly name = 'StellarError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, cause?: unknown) {
    super(details.detail ?? code, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }

  /** HTTP status of the code. */
  get status(): number {
    return errorCodes[this.code].status;
  }
}
