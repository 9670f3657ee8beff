/** Addresses and networks as text, and the groups of addresses that rules speak of. */

import { contains, type AddressRange } from './address-set.ts';
import { parseIpv4, parseIpv4Cidr } from './ipv4.ts';
import { parseIpv6, parseIpv6Cidr, readIpv6 } from './ipv6.ts';
import { LOOPBACK_NETWORKS, PRIVATE_NETWORKS } from './networks.ts';

/**
 * One address or network in its canonical spelling: four decimal octets, RFC 5952 for IPv6, and no bits behind the prefix.
 * @returns the addresses it holds; undefined when the text is anything else
 */
export function parseNetwork(text: string): AddressRange | undefined {
  const v4 = parseIpv4(text);
  if (v4 !== undefined) return { family: 4, first: v4, last: v4 };
  const net4 = parseIpv4Cidr(text);
  if (net4 !== undefined) return { family: 4, ...net4 };
  const v6 = parseIpv6(text);
  if (v6 !== undefined) return { family: 6, first: v6, last: v6 };
  const net6 = parseIpv6Cidr(text);
  return net6 === undefined ? undefined : { family: 6, ...net6 };
}

/** One address in its canonical spelling, as a range of one. */
export function parseAddress(text: string): AddressRange | undefined {
  return text.includes('/') ? undefined : parseNetwork(text);
}

/** Four decimal octets without leading zeros. */
export function isIpv4Address(text: string): boolean {
  return parseIpv4(text) !== undefined;
}

/** Any spelling in hexadecimal groups; no zone, no brackets, no embedded IPv4. */
export function isIpv6Address(text: string): boolean {
  return readIpv6(text.toLowerCase()) !== undefined;
}

/** One address, as a range: IPv4 in its canonical spelling, IPv6 in any, since sockets and resolvers differ. */
export function readAddress(text: string): AddressRange | undefined {
  const v4 = parseIpv4(text);
  if (v4 !== undefined) return { family: 4, first: v4, last: v4 };
  const v6 = readIpv6(text.toLowerCase());
  return v6 === undefined ? undefined : { family: 6, first: v6, last: v6 };
}

function isWithin(text: string, networks: readonly AddressRange[]): boolean {
  const address = readAddress(text);
  return address !== undefined && networks.some((network) => contains(network, address));
}

function parseNetworks(texts: readonly string[]): readonly AddressRange[] {
  return texts.map(parseNetwork).filter((range) => range !== undefined);
}

const LOOPBACK = parseNetworks(LOOPBACK_NETWORKS);
const PRIVATE = parseNetworks(PRIVATE_NETWORKS);

/** Whether an address is in 127.0.0.0/8 or is ::1. A name such as `localhost` is none; see {@link isLoopbackHost}. */
export function isLoopbackAddress(address: string): boolean {
  return isWithin(address, LOOPBACK);
}

/** Whether only this machine reaches a server bound to `host`: `localhost` or a loopback address. */
export function isLoopbackHost(host: string): boolean {
  return host.toLowerCase() === 'localhost' || isLoopbackAddress(host);
}

/** Whether an address is reached only from inside a network: RFC 1918, RFC 6598, or unique local (RFC 4193) for IPv6. */
export function isPrivateAddress(address: string): boolean {
  return isWithin(address, PRIVATE);
}
