import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatIpv6, parseIpv6, parseIpv6Cidr, readIpv6 } from './ipv6.ts';

describe('an IPv6 address', () => {
  test.each([
    ['::', 0n],
    ['::1', 1n],
    ['fd00::1', (0xfdn << 120n) | 1n],
    ['2001:db8::1:0:0:1', 0x2001_0db8_0000_0000_0001_0000_0000_0001n],
    ['1:2:3:4:5:6:7:8', 0x0001_0002_0003_0004_0005_0006_0007_0008n],
    ['1:0:3:4:5:6:7:8', 0x0001_0000_0003_0004_0005_0006_0007_0008n],
  ])('%s is read in its canonical spelling', (text, address) => {
    expect(parseIpv6(text)).toBe(address);
    expect(formatIpv6(address)).toBe(text);
  });

  test.each(['FD00::1', 'fd00:0::1', 'fd00::0001', '0:0:0:0:0:0:0:1', '2001:db8:0:0:1::1', '1::3:4:5:6:7:8'])(
    '%s is a spelling that is not canonical, so it is refused',
    (text) => {
      expect(readIpv6(text.toLowerCase())).toBeTypeOf('bigint');
      expect(parseIpv6(text)).toBeUndefined();
    },
  );

  test.each([
    '',
    ':',
    ':::',
    '1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '::ffff:10.0.0.1',
    '::10.0.0.1',
    'fe80::1%eth0',
    '[::1]',
    '::g',
    '12345::',
    '::1 ',
    ' ::1',
    '::1/128',
    '1:2:3:4:5:6:7::8',
    '\uff1a\uff1a1',
  ])('%j is no address', (text) => {
    expect(readIpv6(text)).toBeUndefined();
  });

  test('every address has exactly one accepted spelling', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 }), (groups) => {
        const address = groups.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n);
        expect(parseIpv6(formatIpv6(address))).toBe(address);
        expect(readIpv6(groups.map((group) => group.toString(16)).join(':'))).toBe(address);
        // The platform's URL parser writes RFC 5952 as well.
        expect(`[${formatIpv6(address)}]`).toBe(
          new URL(`http://[${groups.map((group) => group.toString(16)).join(':')}]/`).hostname,
        );
      }),
    );
  });
});

test('an IPv6 network has a canonical base without host bits', () => {
  expect(parseIpv6Cidr('fd00::/8')).toEqual({ first: 0xfdn << 120n, last: (0xfen << 120n) - 1n });
  for (const text of ['fd00::1/8', 'fd00::/129', 'FD00::/8', 'fd00::', 'fd00::/08'])
    expect(parseIpv6Cidr(text)).toBeUndefined();
});
