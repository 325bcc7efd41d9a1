import { type BlockList, isIP, isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** Proxies whose word is taken about where a request came from. */
export type TrustedProxies = BlockList;

/**
 * The address that a request came from. `X-Forwarded-For` is read from the right, past trusted proxies only: what
 * stands further left was written by whoever they do not vouch for. Without trusted proxies the header is not read.
 * IPv6 addresses count by their /64, which is what one household has.
 */
export function clientAddress(
  { raw, headers }: Pick<FastifyRequest, 'raw' | 'headers'>,
  trusted: TrustedProxies | undefined,
): string {
  let address = plain(raw.socket.remoteAddress ?? '');
  if (trusted === undefined) return network(address);
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  while (isTrusted(address, trusted)) {
    const next = plain(forwarded.pop()?.trim() ?? '');
    if (isIP(next) === 0) break;
    address = next;
  }
  return network(address);
}

/** IPv4 in the clothes of IPv6, as a socket that listens on both reports it. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, '');

const isTrusted = (address: string, trusted: TrustedProxies): boolean =>
  isIP(address) !== 0 && trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

function network(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
