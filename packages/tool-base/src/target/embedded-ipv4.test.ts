import { expect, test } from 'vitest';

import { embeddedIpv4 } from './embedded-ipv4.ts';

test.each([
  ['::ffff:a9fe:a9fe', 'IPv4-mapped'],
  ['::ffff:169.254.169.254', 'IPv4-mapped, as resolvers write it'],
  ['::a9fe:a9fe', 'IPv4-compatible'],
  ['::169.254.169.254', 'IPv4-compatible, as resolvers write it'],
  ['::ffff:0:a9fe:a9fe', 'IPv4-translated'],
  ['64:ff9b::a9fe:a9fe', 'NAT64'],
  ['64:ff9b::169.254.169.254', 'NAT64, written with dots'],
  ['64:ff9b:1:a9fe:a9:fe00::', 'NAT64 of a site, /48'],
  ['64:ff9b:1:a9:fe:a9fe::', 'NAT64 of a site, /56'],
  ['64:ff9b:1:0:a9:fea9:fe00:0', 'NAT64 of a site, /64'],
  ['64:ff9b:1::a9fe:a9fe', 'NAT64 of a site, /96'],
  ['2002:a9fe:a9fe::1', '6to4'],
  ['2001::5601:5601', 'Teredo'],
  ['2001:db8::5efe:a9fe:a9fe', 'ISATAP'],
  ['fd00::200:5efe:a9fe:a9fe', 'ISATAP of a global address'],
])('%s is 169.254.169.254 (%s)', (address) => {
  expect(embeddedIpv4(address)).toContain('169.254.169.254');
});

test.each([
  '169.254.169.254',
  '::',
  '::1',
  '2001:db8::1',
  'fd00:ec2::254',
  'fe80::1%eth0',
  '64:ff9b:2::a9fe:a9fe',
  'web.lab.internal',
  '',
])('%j holds no other address', (address) => {
  expect(embeddedIpv4(address)).toEqual([]);
});
