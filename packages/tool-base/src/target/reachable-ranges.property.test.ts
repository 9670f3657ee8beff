import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { contains, overlaps, type AddressRange } from './address-set.ts';
import { parseAddress, parseNetwork } from './address.ts';
import { formatIpv4, parseIpv4 } from './ipv4.ts';
import { formatIpv6, readIpv6 } from './ipv6.ts';
import { formatRange, reachableRanges, without } from './reachable-ranges.ts';
import { TargetPolicy } from './target-policy.ts';

const accepts = (policy: TargetPolicy, text: string): boolean => {
  try {
    policy.checkText('ip', text);
    return true;
  } catch {
    return false;
  }
};
const holds = (ranges: readonly AddressRange[], text: string): boolean =>
  ranges.some((range) => contains(range, parseAddress(text)!));

const entry4 = fc
  .tuple(
    fc.constantFrom(
      '10.0.0.0',
      '10.255.0.0',
      '127.0.0.0',
      '169.254.169.254',
      '172.16.0.0',
      '192.168.7.0',
      '224.0.0.0',
      '0.0.0.0',
    ),
    fc.integer({ min: 8, max: 32 }),
  )
  .map(([base, prefix]) => {
    const size = 2 ** (32 - prefix);
    return `${formatIpv4(Math.floor(parseIpv4(base)! / size) * size)}/${prefix}`;
  });
const entry6 = fc
  .tuple(
    fc.constantFrom(
      'fd00::1',
      'fe80::5',
      '2001:db8::',
      '::1',
      '::ffff:10.0.0.1',
      '2002:a00::',
      '64:ff9b::a00:1',
      'ff02::1',
      '::5',
    ),
    fc.integer({ min: 7, max: 128 }),
  )
  .filter(([base]) => readIpv6(base) !== undefined)
  .map(([base, prefix]) => {
    const bits = BigInt(128 - prefix);
    return `${formatIpv6((readIpv6(base)! >> bits) << bits)}/${prefix}`;
  });
const entry = fc.oneof(entry4, entry6, fc.constantFrom('RFC1918', 'loopback', '.lab.internal', 'db.lab.internal'));
const lists = fc.record({
  allowed: fc.array(entry, { maxLength: 6 }),
  denied: fc.array(entry, { maxLength: 4 }),
});

/** Every edge of a list, and what is beside it. */
function edges(texts: readonly string[]): readonly string[] {
  const known = [
    '10.0.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '8.8.8.8',
    '::1',
    '::2',
    'fd00::5',
    'fe80::1',
    '2002:a00::1',
  ];
  const of = (range: AddressRange): readonly string[] =>
    range.family === 4
      ? [range.first - 1, range.first, range.last, range.last + 1]
          .filter((address) => address >= 0 && address < 2 ** 32)
          .map(formatIpv4)
      : [range.first - 1n, range.first, range.last, range.last + 1n]
          .filter((address) => address >= 0n && address < 2n ** 128n)
          .map(formatIpv6);
  const networks = [
    ...texts,
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '127.0.0.0/8',
    '169.254.0.0/16',
    'fe80::/10',
  ];
  return [
    ...known,
    ...networks.flatMap((text) => {
      const range = parseNetwork(text);
      return range === undefined ? [] : of(range);
    }),
  ];
}

test('an address is reachable exactly when the policy accepts it', () => {
  fc.assert(
    fc.property(lists, ({ allowed, denied }) => {
      const policy = new TargetPolicy({ allowed, denied, denyOwnAddresses: false });
      const ranges = reachableRanges({ allowed, denied }, []);
      for (const text of edges([...allowed, ...denied])) {
        expect([text, holds(ranges, text)]).toEqual([text, accepts(policy, text)]);
      }
    }),
  );
});

test('ranges never overlap, as packet filters demand', () => {
  fc.assert(
    fc.property(lists, (each) => {
      const ranges = reachableRanges(each, []);
      ranges.forEach((range, at) => {
        for (const other of ranges.slice(at + 1)) expect(overlaps(range, other)).toBe(false);
      });
    }),
  );
});

test('an address of this machine is left out unless it is listed by itself', () => {
  const own = [parseAddress('10.0.0.9')!];
  const denied: readonly string[] = [];
  expect(reachableRanges({ allowed: ['10.0.0.8/30'], denied }, own).map(formatRange)).toEqual([
    '10.0.0.8',
    '10.0.0.10-10.0.0.11',
  ]);
  const listed = reachableRanges({ allowed: ['10.0.0.8/30', '10.0.0.9'], denied }, own);
  expect(listed.map(formatRange)).toEqual(['10.0.0.8-10.0.0.11']);
});

test('IPv6 ranges are cut as well', () => {
  const [range] = [parseNetwork('fd00::/64')!];
  expect(without([range], [parseAddress('fd00::2')!, parseAddress('10.0.0.1')!]).map(formatRange)).toEqual([
    'fd00::-fd00::1',
    'fd00::3-fd00::ffff:ffff:ffff:ffff',
  ]);
});
