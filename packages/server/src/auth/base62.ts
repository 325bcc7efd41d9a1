import { randomBytes } from 'node:crypto';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Bytes from here on would make the first eight digits likelier than the rest: they are thrown away. */
const unbiasedBytes = 248;

/** Random base62 text, every character equally likely (5.95 bits each). */
export function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < unbiasedBytes && text.length < length) text += digits[byte % 62];
    }
  }
  return text;
}

/** An unsigned 32-bit number as six base62 digits: 62^6 is above 2^32. */
export function base62Of(value: number): string {
  let text = '';
  for (let rest = value; text.length < 6; rest = Math.floor(rest / 62)) {
    text = digits[rest % 62] + text;
  }
  return text;
}
