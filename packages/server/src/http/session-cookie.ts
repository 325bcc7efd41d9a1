import type { IncomingHttpHeaders } from 'node:http';
import { StellarError } from '../domain/stellar-error.js';

/** The prefix makes browsers insist on Secure, Path=/ and no Domain: no other host can set it. */
const name = '__Host-stellar-session';

/** The header that gives a browser its session. Scripts cannot read it; other sites cannot make it travel with a write. */
export const sessionCookie = (token: string, maxAgeSeconds: number): string =>
  `${name}=${token}; Path=/; Max-Age=${maxAgeSeconds}; Secure; HttpOnly; SameSite=Lax`;

/** The token of the session that a browser presents. Errors: `unauthorized` for two of them. */
export function presentedSession({ cookie }: IncomingHttpHeaders): string | undefined {
  const tokens = (cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  if (tokens.length > 1)
    throw new StellarError('unauthorized', { detail: 'Two different sessions were sent.' });
  return tokens[0];
}

/**
 * Whether a page of ours sends the request. Without a public address only the address that the browser itself
 * believes it talks to can tell, which is enough on one's own machine.
 */
export function isOwnOrigin(
  { origin, host }: IncomingHttpHeaders,
  publicUrl: string | undefined,
): boolean {
  if (origin === undefined || !URL.canParse(origin)) return false;
  if (publicUrl !== undefined) return origin === new URL(publicUrl).origin;
  return new URL(origin).host === host;
}
