import { expect, test } from 'vitest';

import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { AuthFailureLimiter } from './auth-failure-limiter.ts';

function setup(maxAddresses?: number): { authFailures: AuthFailureLimiter; pass: (ms: number) => void } {
  const clock = new ManualClock();
  const authFailures = new AuthFailureLimiter({ clock, ...(maxAddresses && { maxAddresses }) });
  return { authFailures, pass: (ms) => clock.advance(ms) };
}

function fail(authFailures: AuthFailureLimiter, address: string | undefined, times: number): (number | undefined)[] {
  return Array.from({ length: times }, () => authFailures.record(address)?.status);
}

test('after ten wrong credentials in a minute an address gets 429 and the time to wait', () => {
  const { authFailures, pass } = setup();
  expect(fail(authFailures, '192.0.2.1', 10)).not.toContain(429);
  expect(authFailures.record('192.0.2.1')).toMatchObject({
    status: 429,
    headers: { connection: 'close' },
    problem: {
      type: 'urn:mcp-server:problem:too_many_auth_failures',
      retryAfterMs: 6000,
      suggestion: 'Send a valid credential, which is accepted at any time, or wait 6 s.',
    },
  });
  expect(authFailures).toMatchObject({ failures: 11, throttled: 1 });
  pass(6000);
  expect(fail(authFailures, '192.0.2.1', 2)).toEqual([undefined, 429]);
});

test('each address is counted separately', () => {
  const { authFailures } = setup();
  fail(authFailures, '192.0.2.1', 20);
  expect(fail(authFailures, '192.0.2.2', 1)).toEqual([undefined]);
  expect(fail(authFailures, undefined, 1)).toEqual([undefined]);
});

test.each([
  ['2001:db8::1', '2001:db8:0:0:ffff::2'],
  ['2001:0db8:0:0::1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::2%eth1'],
  ['192.0.2.1', '::ffff:192.0.2.1'],
])('%s and %s count as one client', (one, other) => {
  const { authFailures } = setup();
  fail(authFailures, one, 10);
  expect(fail(authFailures, other, 1)).toEqual([429]);
});

test.each([
  ['2001:db8::1', '2001:db8:0:1::1'],
  ['::1', '1::1'],
])('%s and %s count as two clients', (one, other) => {
  const { authFailures } = setup();
  fail(authFailures, one, 20);
  expect(fail(authFailures, other, 1)).toEqual([undefined]);
});

test('the table of addresses is bounded, and changing the address gives no more attempts than the table has entries', () => {
  const { authFailures } = setup(3);
  const answered = Array.from({ length: 1000 }, (_, i) => authFailures.record(`192.0.2.${i % 250}`)?.status);
  expect(answered.filter((status) => status === undefined)).toHaveLength(30);
});
