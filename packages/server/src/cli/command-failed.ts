import type { ErrorCode } from '@stellar-memory/protocol';

/** Why a command did not do what it was asked, and what to do next. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly next: string | undefined;
  /** Of the server's answer, where it was the server that refused. */
  readonly code: ErrorCode | undefined;

  constructor(message: string, next?: string, cause?: unknown, code?: ErrorCode) {
    super(message, cause === undefined ? undefined : { cause });
    this.next = next;
    this.code = code;
  }
}
