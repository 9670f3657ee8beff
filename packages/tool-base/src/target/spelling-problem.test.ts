import { expect, test } from 'vitest';
import { TargetPolicy } from './target-policy.ts';
import type { TargetKind } from './target-kind.ts';

const policy = new TargetPolicy({ allowed: ['RFC1918', '.lab.internal'] });

test.each<[TargetKind, string, string]>([
  ['ip_or_host', 'a.lab.internal.', 'it ends with a dot'],
  ['ip', ' 10.0.0.1 ', 'white space'],
  ['ip', '', 'it is empty'],
  ['ip_or_host', '10.0.0.1:22', 'it has a port'],
  ['ip_or_host', 'web.lab.internal:80', 'it has a port'],
  ['host', 'https://web.lab.internal/', 'it is a URL'],
  ['url', 'web.lab.internal', 'http://'],
  ['url', 'http://me@web.lab.internal/', 'user name'],
  ['url', 'http://web.lab.internal?x=1', 'write / after the host'],
  ['cidr', '10.0.0.0', 'no prefix length'],
  ['ip', '10.0.0.0/24', 'slash'],
  ['ip', '[fd00::1]', 'brackets'],
  ['ip', '::ffff:10.0.0.1', 'the four numbers alone'],
  ['ip_or_host', '10.0.0.1,10.0.0.2', 'comma'],
  ['ip_or_host', 'me@web.lab.internal', 'user name'],
  ['url', 'HTTP://web.lab.internal/', 'in lower case'],
  ['ip', 'FD00:0::1', 'write it as fd00::1'],
  ['ip', 'fe80::1%eth0', 'zone'],
  ['ip', '010.0.0.1', 'leading zeros'],
  ['ip', '10.1', 'four numbers'],
  ['ip', 'web.lab.internal', 'it is a host name'],
  ['host', '10.0.0.1', 'it is an address'],
  ['host', 'a_b.lab.internal', 'underscore'],
  ['host', 'größe.lab.internal', 'it holds characters other than ASCII; write xn--gre-6ka8i.lab.internal'],
  ['host', 'größe..lab.internal', 'it holds characters other than ASCII.'],
  ['host', 'a..lab.internal', 'a part of the name between dots is empty'],
  ['host', '-a.lab.internal', 'neither starts nor ends with a hyphen'],
  ['host', `${'a'.repeat(64)}.lab.internal`, 'at most 63 characters'],
  ['host', `${'a.'.repeat(130)}lab.internal`, 'at most 253 characters'],
  ['host', 'web.lab.internal:', 'it ends with a colon'],
  ['host', '*.lab.internal', 'it holds a wildcard; give one name'],
  ['ip_or_host', '"10.0.0.1"', 'it holds quotes'],
  ['ip_or_host', '<10.0.0.1>', 'angle brackets'],
  ['ip_or_host', 'web.lab.internal\\x', 'it holds a backslash'],
  ['ip_or_host', '0x0a000001', 'an address has four decimal numbers'],
  ['ip_or_host', '10.0.0.1-5', 'it is a range; give one address'],
  ['cidr', '10.0.0.1/24', '10.0.0.0/24'],
  ['cidr', '10.0.0.0/33', 'write a network as an address and a prefix length'],
  ['url', 'http://', 'its host is missing'],
  ['url', 'http:///x', 'its host is missing'],
  ['url', 'http://web.lab.internal:0/', 'its port must be 1 to 65535'],
  ['url', 'http://10.0.0.1:99999/', 'its port must be 1 to 65535'],
  ['url', 'http://[fe80::1%25eth0]/', 'its address has a zone'],
])('as %s, %j is refused with a reason: %s', (kind, text, reason) => {
  expect(() => policy.checkText(kind, text)).toThrow(reason);
});
