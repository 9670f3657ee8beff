/**
 * IPv6 in the one spelling of RFC 5952: lower case, no leading zeros, the longest run of zeros (the first of equals, at least
 * two groups) as `::`. No zone id, no brackets, no embedded IPv4.
 */

import { parsePrefix } from './ipv4.ts';

/** Addresses `first` to `last`, both included. */
export interface Ipv6Range {
  readonly first: bigint;
  readonly last: bigint;
}

function readGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  for (const part of text.split(':')) {
    if (!/^[0-9a-f]{1,4}$/.test(part)) return undefined;
    groups.push(Number.parseInt(part, 16));
  }
  return groups;
}

/**
 * The eight groups of any RFC 4291 spelling without embedded IPv4, in lower case, as sockets and resolvers give it.
 * @returns numbers from 0 to 65 535; undefined when the text is no such address
 */
export function expandIpv6(text: string): readonly number[] | undefined {
  if (text.length < 2 || text.length > 39) return undefined;
  const gap = text.indexOf('::');
  const head = readGroups(gap < 0 ? text : text.slice(0, gap));
  const tail = gap < 0 ? [] : readGroups(text.slice(gap + 2));
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (gap < 0 ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

/** {@link expandIpv6} as one number of 128 bits. */
export function readIpv6(text: string): bigint | undefined {
  return expandIpv6(text)?.reduce((address, group) => (address << 16n) | BigInt(group), 0n);
}

/** The canonical text of an address. */
export function formatIpv6(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, at) => Number((address >> BigInt(112 - 16 * at)) & 0xffffn));
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let end = start;
    while (end < 8 && groups[end] === 0) end += 1;
    if (end - start > best.length) best = { start, length: end - start };
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.length < 2) return hex.join(':');
  return `${hex.slice(0, best.start).join(':')}::${hex.slice(best.start + best.length).join(':')}`;
}

/** The address, or undefined when the text is not the canonical spelling of one. */
export function parseIpv6(text: string): bigint | undefined {
  const address = readIpv6(text);
  return address !== undefined && formatIpv6(address) === text ? address : undefined;
}

/** The range of `base/prefix`; undefined unless the base is canonical and the first address of the network. */
export function parseIpv6Cidr(text: string): Ipv6Range | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const first = parseIpv6(text.slice(0, slash));
  const prefix = parsePrefix(text.slice(slash + 1), 128);
  if (first === undefined || prefix === undefined) return undefined;
  const size = 1n << BigInt(128 - prefix);
  return first % size === 0n ? { first, last: first + size - 1n } : undefined;
}
