import { expect, test } from 'vitest';

import { FailedLogins } from './failed-logins.ts';

function setup(maxAddresses?: number): { logins: FailedLogins; pass: (ms: number) => void } {
  let now = 0;
  const logins = new FailedLogins({ now: () => now, ...(maxAddresses && { maxAddresses }) });
  return { logins, pass: (ms) => void (now += ms) };
}

function fail(logins: FailedLogins, address: string | undefined, times: number): (number | undefined)[] {
  return Array.from({ length: times }, () => logins.note(address)?.status);
}

test('lets ten wrong credentials of an address be answered as such, and then tells it when to come back', () => {
  const { logins, pass } = setup();
  expect(fail(logins, '192.0.2.1', 10)).not.toContain(429);
  expect(logins.note('192.0.2.1')).toMatchObject({
    status: 429,
    headers: { connection: 'close' },
    problem: {
      type: 'urn:mcp-server:problem:too_many_failed_logins',
      retryAfterMs: 6000,
      suggestion: 'Send a credential that is valid here, which is accepted at any time, or wait 6 s.',
    },
  });
  expect(logins).toMatchObject({ failed: 11, throttled: 1 });
  pass(6000);
  expect(fail(logins, '192.0.2.1', 2)).toEqual([undefined, 429]);
});

test('counts each address for itself', () => {
  const { logins } = setup();
  fail(logins, '192.0.2.1', 20);
  expect(fail(logins, '192.0.2.2', 1)).toEqual([undefined]);
  expect(fail(logins, undefined, 1)).toEqual([undefined]);
});

test.each([
  ['2001:db8::1', '2001:db8:0:0:ffff::2'],
  ['2001:0db8:0:0::1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::2%eth1'],
  ['192.0.2.1', '::ffff:192.0.2.1'],
])('takes %s and %s for one caller', (one, other) => {
  const { logins } = setup();
  fail(logins, one, 10);
  expect(fail(logins, other, 1)).toEqual([429]);
});

test.each([
  ['2001:db8::1', '2001:db8:0:1::1'],
  ['::1', '1::1'],
])('does not take %s for %s', (one, other) => {
  const { logins } = setup();
  fail(logins, one, 20);
  expect(fail(logins, other, 1)).toEqual([undefined]);
});

test('remembers a bounded number of addresses, and changing the address wins no more tries than the table is long', () => {
  const { logins } = setup(3);
  const answered = Array.from({ length: 1000 }, (_, i) => logins.note(`192.0.2.${i % 250}`)?.status);
  expect(answered.filter((status) => status === undefined)).toHaveLength(30);
});
