import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Whether a body was signed with the secret: hex HMAC-SHA256 of the raw bytes, compared in constant time.
 * An empty secret signs nothing: everybody could.
 */
export function isSigned(body: Uint8Array, signature: string, secret: string): boolean {
  if (secret === '' || !/^[0-9a-f]{64}$/i.test(signature)) return false;
  const expected = createHmac('sha256', secret).update(body).digest();
  return timingSafeEqual(Buffer.from(signature, 'hex'), expected);
}
