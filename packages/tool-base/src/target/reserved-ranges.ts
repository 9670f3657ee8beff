/**
 * Networks that no wide entry opens: they stay denied although `0.0.0.0/0` or `::/0` is allowed, until the operator lists
 * one of them, or a part of one, by itself.
 */

import { networkInterfaces } from 'node:os';
import type { AddressRange } from './address-set.ts';
import { parseNetwork } from './address.ts';
import { readIpv6 } from './ipv6.ts';
import { LOOPBACK_NETWORKS, RESERVED_NETWORKS, TRANSLATED_NETWORKS } from './networks.ts';

/** `::ffff:a.b.c.d` (RFC 4291, 2.5.5.2). */
const IPV4_MAPPED = '::ffff:0:0/96';
/** `::a.b.c.d` (RFC 4291, 2.5.5.1), without the unspecified and the loopback address, which are none. */
const IPV4_COMPATIBLE: AddressRange = { family: 6, first: 2n, last: 0xffff_ffffn };

function ranges(texts: readonly string[]): readonly AddressRange[] {
  return texts.map((text) => parseNetwork(text)).filter((range) => range !== undefined);
}

export const LIFTABLE_RANGES: readonly AddressRange[] = ranges([...RESERVED_NETWORKS, ...LOOPBACK_NETWORKS]);
/** IPv6 ranges that hide an IPv4 address; no entry opens them. */
export const EMBEDDED_IPV4_RANGES: readonly AddressRange[] = [
  ...ranges([IPV4_MAPPED, ...TRANSLATED_NETWORKS]),
  IPV4_COMPATIBLE,
];

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
