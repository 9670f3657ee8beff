/**
 * Networks that no wide entry opens: they stay denied although `0.0.0.0/0` or `::/0` is allowed, until the operator lists
 * one of them, or a part of one, by itself.
 */

import { networkInterfaces } from 'node:os';
import type { AddressRange } from './address-set.ts';
import { parseNetwork } from './address.ts';
import { readIpv6 } from './ipv6.ts';

const LIFTABLE = [
  '0.0.0.0/8', // this host
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local, cloud metadata
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
  '::/127', // unspecified and loopback
  'fe80::/10', // link-local
  'ff00::/8', // multicast
];

/** IPv6 ranges that hide an IPv4 address; no entry opens them. */
const NEVER = ['::ffff:0:0/96', '::ffff:0:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '2002::/16', '2001::/32'];
/** `::a.b.c.d` (RFC 4291, 2.5.5.1), without the unspecified and the loopback address, which are none. */
const IPV4_COMPATIBLE: AddressRange = { family: 6, first: 2n, last: 0xffff_ffffn };

function ranges(texts: readonly string[]): readonly AddressRange[] {
  return texts.map((text) => parseNetwork(text)).filter((range) => range !== undefined);
}

export const LIFTABLE_RANGES: readonly AddressRange[] = ranges(LIFTABLE);
export const EMBEDDED_IPV4_RANGES: readonly AddressRange[] = [...ranges(NEVER), IPV4_COMPATIBLE];

/** The addresses of this machine's interfaces, loopback left out. */
export function ownAddresses(): readonly AddressRange[] {
  const own: AddressRange[] = [];
  for (const info of Object.values(networkInterfaces()).flatMap((list) => list ?? [])) {
    if (info.internal) continue;
    const v6 = info.family === 'IPv6' ? readIpv6(info.address) : undefined;
    const range: AddressRange | undefined =
      v6 === undefined ? parseNetwork(info.address) : { family: 6, first: v6, last: v6 };
    if (range !== undefined) own.push(range);
  }
  return own;
}
