import { isUuid } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';

/** Where a page of accounts ended. */
export interface UserPosition {
  /** As the database writes it, to the microsecond. */
  readonly createdText: string;
  readonly userId: string;
}

/** The position as text that a client sends back. */
export const encodeUserCursor = ({ createdText, userId }: UserPosition): string =>
  Buffer.from(`${createdText} ${userId}`).toString('base64url');

const pattern = /^(\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?[+-]\d\d(?::\d\d)?) (\S{36})$/;

/** Errors: `bad_request`. */
export function decodeUserCursor(cursor: string): UserPosition {
  const [, createdText, userId] = pattern.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (
    createdText === undefined ||
    userId === undefined ||
    !isUuid(userId) ||
    Number.isNaN(Date.parse(createdText))
  )
    throw new StellarError('bad_request', {
      detail: 'The cursor is not one that this server gave.',
    });
  return { createdText, userId };
}
