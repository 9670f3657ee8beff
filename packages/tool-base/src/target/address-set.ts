import type { Ipv4Range } from './ipv4.ts';
import type { Ipv6Range } from './ipv6.ts';

/** A range of one family; `first` and `last` are numbers for IPv4 and bigints for IPv6. */
export type AddressRange = ({ readonly family: 4 } & Ipv4Range) | ({ readonly family: 6 } & Ipv6Range);

/** Whether `outer` holds the whole of `inner`. Families never mix. */
export function contains(outer: AddressRange, inner: AddressRange): boolean {
  return outer.family === inner.family && outer.first <= inner.first && outer.last >= inner.last;
}

export function overlaps(one: AddressRange, other: AddressRange): boolean {
  return one.family === other.family && one.first <= other.last && one.last >= other.first;
}

/** How many addresses a range holds; Infinity is never needed, 2^128 fits a double. */
export function sizeOf(range: AddressRange): number {
  return Number(range.last) - Number(range.first) + 1;
}
