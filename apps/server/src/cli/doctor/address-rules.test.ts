import { describe, expect, test } from 'vitest';

import { nameServersIn, renderAddressRules } from './address-rules.ts';

const nothing = { allowedTargets: [], deniedTargets: [], nameServers: [], listensOn: undefined };

describe('address rules for systemd', () => {
  test('deny everything but this machine when no target is allowed', () => {
    const rules = renderAddressRules(nothing);
    expect(settings(rules)).toEqual(['IPAddressDeny=any', 'IPAddressAllow=localhost']);
  });

  test('allow the networks of the policy and the name servers, each once', () => {
    const rules = renderAddressRules({
      ...nothing,
      allowedTargets: ['RFC1918', 'loopback', '203.0.113.7', '2001:db8::/32', '203.0.113.7'],
      nameServers: ['127.0.0.53', '203.0.113.7', '198.51.100.1'],
    });
    expect(settings(rules)).toEqual([
      'IPAddressDeny=any',
      'IPAddressAllow=localhost',
      'IPAddressAllow=10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 203.0.113.7 2001:db8::/32',
      'IPAddressAllow=198.51.100.1',
    ]);
  });

  test('say in comments what they do not cover: host names, denied parts, networks of clients', () => {
    const rules = renderAddressRules({
      allowedTargets: ['.lab.internal', 'db.example.com', 'abc'],
      deniedTargets: ['10.0.0.1'],
      nameServers: [],
      listensOn: '10.0.0.5',
    });
    expect(settings(rules)).toHaveLength(2);
    expect(rules).toContain(
      '# Host names are not possible here; add the networks of: .lab.internal, db.example.com, abc',
    );
    expect(rules).toMatch(/^# .*rejects these: 10\.0\.0\.1$/mu);
    expect(rules).toContain('10.0.0.5');
  });

  test('read the name servers of resolv.conf and nothing else', () => {
    expect(nameServersIn('# nameserver 9.9.9.9\nsearch lab\nnameserver 10.0.0.53\nnameserver fe80::1\n')).toEqual([
      '10.0.0.53',
      'fe80::1',
    ]);
  });
});

function settings(rules: string): string[] {
  return rules.split('\n').filter((line) => /^[A-Z]/u.test(line));
}
