import { expect, test } from 'vitest';
import {
  isIpv4Address,
  isIpv6Address,
  isLoopbackAddress,
  isLoopbackHost,
  isPrivateAddress,
  parseNetwork,
} from './address.ts';

test('only canonical addresses and networks are parsed', () => {
  expect(parseNetwork('10.0.0.0/8')).toEqual({ family: 4, first: 0x0a000000, last: 0x0affffff });
  expect(parseNetwork('10.0.0.5')).toEqual({ family: 4, first: 0x0a000005, last: 0x0a000005 });
  expect(parseNetwork('fd00::/8')).toEqual({ family: 6, first: 0xfdn << 120n, last: (0xfen << 120n) - 1n });
  for (const text of ['10.0.0.1/8', '010.0.0.1', 'FD00::/8', 'localhost', '', '10.0.0.0/33'])
    expect(parseNetwork(text)).toBeUndefined();
});

test('IPv6 addresses are known in any spelling, IPv4 addresses in one', () => {
  expect(['::1', 'FD00::1', '0:0:0:0:0:0:0:1'].every(isIpv6Address)).toBe(true);
  expect(['fe80::1%eth0', '[::1]', '::10.0.0.1', '10.0.0.1'].some(isIpv6Address)).toBe(false);
  expect(isIpv4Address('10.0.0.1')).toBe(true);
  expect(['010.0.0.1', '10.1', '::1'].some(isIpv4Address)).toBe(false);
});

test.each(['127.0.0.1', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1'])('%s is a loopback address', (text) => {
  expect(isLoopbackAddress(text)).toBe(true);
  expect(isLoopbackHost(text)).toBe(true);
});

test.each(['localhost.example', '127.0.0.1.example', '127.1', '126.0.0.1', '::2', '0.0.0.0', '::', '::ffff:127.0.0.1'])(
  '%s is not loopback',
  (text) => {
    expect(isLoopbackHost(text)).toBe(false);
  },
);

test('localhost is a loopback host without being an address', () => {
  expect(isLoopbackHost('localhost')).toBe(true);
  expect(isLoopbackAddress('localhost')).toBe(false);
});

test('private addresses are those of RFC 1918 and the unique local ones', () => {
  expect(['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fd00::1', 'fc00::'].every(isPrivateAddress)).toBe(
    true,
  );
  expect(['172.32.0.1', '11.0.0.1', '192.169.0.1', 'fe80::1', '127.0.0.1', '10.example'].some(isPrivateAddress)).toBe(
    false,
  );
});
