import type { BlockList } from 'node:net';
import { expect, test } from 'vitest';
import { isRefused } from '../../src/config/option.js';
import { trustedProxies } from '../../src/config/trusted-proxies.js';
import { clientAddress } from '../../src/http/client-address.js';

const from = (remoteAddress: string, forwarded?: string) =>
  ({
    raw: { socket: { remoteAddress } },
    headers: { 'x-forwarded-for': forwarded },
  }) as unknown as Parameters<typeof clientAddress>[0];
const proxies = trustedProxies('10.0.0.0/8, 192.0.2.7, fd00::/8') as BlockList;

test.each([
  ['no proxy is trusted: the header is not read', '10.0.0.1', '203.0.113.5', undefined, '10.0.0.1'],
  ['a trusted proxy says who it was', '10.0.0.1', '203.0.113.5', proxies, '203.0.113.5'],
  [
    'only what trusted proxies have written counts',
    '10.0.0.1',
    '1.1.1.1, 203.0.113.5, 192.0.2.7',
    proxies,
    '203.0.113.5',
  ],
  ['a stranger cannot say he is another', '203.0.113.9', '1.1.1.1', proxies, '203.0.113.9'],
  ['nonsense is not an address', '10.0.0.1', 'x, y', proxies, '10.0.0.1'],
  ['a proxy that says nothing is the client', '10.0.0.1', undefined, proxies, '10.0.0.1'],
  ['IPv4 as IPv6 is IPv4', '::ffff:10.0.0.1', '203.0.113.5', proxies, '203.0.113.5'],
  ['a household is a /64', '2001:db8:1:2:3:4:5:6', undefined, undefined, '2001:db8:1:2::/64'],
  ['a short address has its zeros', '2001:db8::1', undefined, undefined, '2001:db8:0:0::/64'],
])('%s', (_name, remote, forwarded, trusted, expected) => {
  expect(clientAddress(from(remote, forwarded), trusted)).toBe(expected);
});

test.each(['', '10.0.0.0/33', '10.0.0.0/x', 'proxy.example', '10.0.0.1,,', '1.2.3.4/8/8'])(
  'proxies %j are refused',
  (text) => expect(isRefused(trustedProxies(text))).toBe(true),
);
