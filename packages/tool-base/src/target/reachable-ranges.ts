/** What a target policy allows as plain ranges, for those that cannot follow its rules: packet filters of the kernel. */

import { contains, overlaps, type AddressRange } from './address-set.ts';
import { formatIpv4 } from './ipv4.ts';
import { formatIpv6 } from './ipv6.ts';
import { parseEntries } from './policy-entries.ts';
import { EMBEDDED_IPV4_RANGES, LIFTABLE_RANGES } from './reserved-ranges.ts';

/** The lists of a policy. Names in them say nothing here: their addresses have to be in an allowed network anyway. */
export interface TargetLists {
  readonly allowed: readonly string[];
  readonly denied: readonly string[];
}

/**
 * Exactly the addresses that a `TargetPolicy` with these lists accepts as single targets, but for those of denied names.
 *
 * @param own addresses of this machine, which are denied unless they are listed by themselves
 * @returns no two of them overlap
 */
export function reachableRanges(lists: TargetLists, own: readonly AddressRange[]): readonly AddressRange[] {
  const allowed = parseEntries('Allowed', lists.allowed).ranges;
  const denied = parseEntries('Denied', lists.denied).ranges;
  const opened = allowed.filter((entry) => LIFTABLE_RANGES.some((reserved) => contains(reserved, entry)));
  const unlisted = own.filter((one) => !allowed.some((entry) => contains(one, entry)));
  const reserved = LIFTABLE_RANGES.flatMap((range) => without([range], opened));
  return apart(without(allowed, [...reserved, ...denied, ...EMBEDDED_IPV4_RANGES, ...unlisted]));
}

/** The parts of `ranges` that none of `others` holds. */
export function without(ranges: readonly AddressRange[], others: readonly AddressRange[]): readonly AddressRange[] {
  return others.reduce<readonly AddressRange[]>((left, other) => left.flatMap((range) => cut(range, other)), ranges);
}

/** `10.0.0.0-10.0.0.255`, or one address. */
export function formatRange(range: AddressRange): string {
  const [first, last] =
    range.family === 4
      ? [formatIpv4(range.first), formatIpv4(range.last)]
      : [formatIpv6(range.first), formatIpv6(range.last)];
  return first === last ? first : `${first}-${last}`;
}

function cut(range: AddressRange, other: AddressRange): readonly AddressRange[] {
  if (!overlaps(range, other)) return [range];
  if (range.family === 4 && other.family === 4) {
    return [
      ...(range.first < other.first ? [{ ...range, last: other.first - 1 }] : []),
      ...(range.last > other.last ? [{ ...range, first: other.last + 1 }] : []),
    ];
  }
  if (range.family === 6 && other.family === 6) {
    return [
      ...(range.first < other.first ? [{ ...range, last: other.first - 1n }] : []),
      ...(range.last > other.last ? [{ ...range, first: other.last + 1n }] : []),
    ];
  }
  return [range];
}

/** Packet filters refuse ranges that overlap. */
function apart(ranges: readonly AddressRange[]): readonly AddressRange[] {
  return ranges.reduce<readonly AddressRange[]>((found, range) => [...found, ...without([range], found)], []);
}
