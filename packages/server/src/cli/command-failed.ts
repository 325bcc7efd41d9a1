/** Why a command did not do what it was asked, and what to do next. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly next: string | undefined;

  constructor(message: string, next?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.next = next;
  }
}
