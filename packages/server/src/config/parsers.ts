import { utf8Bytes } from '@stellar-memory/protocol';
import type { Refused } from './option.js';

/** Any text. */
export const text = (value: string): string => value;

/** A TCP port; 0 asks the system for a free one. */
export function port(value: string): number | Refused {
  const number = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  return number <= 65_535 ? number : { refused: 'must be a number from 0 to 65535' };
}

/** A whole number within bounds. */
export const wholeNumber =
  (least: number, most: number) =>
  (value: string): number | Refused => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    return number >= least && number <= most
      ? number
      : { refused: `must be a whole number from ${least} to ${most}` };
  };

/** A share of a whole. */
export const share = (value: string): number | Refused => {
  const number = /^\d(\.\d{1,6})?$/.test(value) ? Number(value) : Number.NaN;
  return number <= 1 ? number : { refused: 'must be a number from 0 to 1' };
};

/** A URL with one of the schemes. */
export const url =
  (...schemes: [string, ...string[]]) =>
  (value: string): string | Refused => {
    const expected = schemes.map((scheme) => `${scheme}://`).join(' or ');
    if (!URL.canParse(value)) return { refused: `must be a URL that begins with ${expected}` };
    return schemes.some((scheme) => new URL(value).protocol === `${scheme}:`)
      ? value
      : { refused: `must begin with ${expected}` };
  };

/** One of a few words. */
export const oneOf =
  <Word extends string>(...words: [Word, ...Word[]]) =>
  (value: string): Word | Refused =>
    words.find((word) => word === value) ?? { refused: `must be one of ${words.join(', ')}` };

/** What an Authorization header can carry. */
export const bearer = (value: string): string | Refused =>
  /^[\x21-\x7e]+$/.test(value)
    ? value
    : { refused: 'must be printable ASCII without blanks, since it travels in a header' };

/** A secret long enough that nobody guesses it. */
export const secretOf =
  (bytes: number) =>
  (value: string): string | Refused =>
    utf8Bytes(value) >= bytes
      ? value
      : { refused: `must have at least ${bytes} bytes; make one with: openssl rand -base64 48` };

/** A number that names something: digits. */
export const digits = (value: string): string | Refused =>
  /^\d{1,20}$/.test(value) ? value : { refused: 'must be a number' };

/** `true` or `false`. */
export const trueOrFalse = (value: string): boolean | Refused =>
  value === 'true' || value === 'false' ? value === 'true' : { refused: 'must be true or false' };

/** What Lemon Squeezy takes as a signing secret, and long enough that nobody guesses it. */
export const signingSecret = (value: string): string | Refused =>
  /^[\x21-\x7e]{16,40}$/.test(value)
    ? value
    : { refused: 'must have 16 to 40 characters; make one with: openssl rand -hex 20' };
