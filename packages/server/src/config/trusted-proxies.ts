import { BlockList, isIP } from 'node:net';
import type { Refused } from './option.js';

const refused: Refused = {
  refused: 'must be addresses or networks with commas in between, for example 10.0.0.0/8,192.0.2.7',
};

/** Addresses and networks separated by commas. */
export function trustedProxies(text: string): BlockList | Refused {
  const list = new BlockList();
  for (const entry of text.split(',').map((part) => part.trim())) {
    const [address = '', bits, ...more] = entry.split('/');
    const family = isIP(address);
    const widest = family === 6 ? 128 : 32;
    if (family === 0 || more.length > 0) return refused;
    if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > widest)) return refused;
    list.addSubnet(
      address,
      bits === undefined ? widest : Number(bits),
      family === 6 ? 'ipv6' : 'ipv4',
    );
  }
  return list;
}
