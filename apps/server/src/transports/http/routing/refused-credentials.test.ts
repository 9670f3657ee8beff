import { expect, test } from 'vitest';

import { createAuthRejections } from '../../../access/auth-rejections.ts';
import { createAuthenticator } from '../../../access/authenticator.ts';
import type { AuditRecord } from '../../../observability/audit/audit-entry.ts';
import type { Rejection } from '../../../foundation/problem-details.ts';
import { ManualClock } from '../../../foundation/test-support/manual-clock.ts';
import { RefusedCredentials } from './refused-credentials.ts';

const authenticator = createAuthenticator({
  auth: 'required',
  apiKeys: [{ name: 'ci', key: 'ci-key-0123456789', scopes: ['tools:read'] }],
});

const request = { socket: { remoteAddress: '10.0.0.9' }, headers: { 'user-agent': 'agent/1.2 (linux)' } };

function recording(): { entries: AuditRecord[]; refused: RefusedCredentials; clock: ManualClock } {
  const entries: AuditRecord[] = [];
  const clock = new ManualClock();
  return {
    entries,
    clock,
    refused: new RefusedCredentials({ audit: { record: (entry) => entries.push(entry) }, clock }),
  };
}

test('a wrong credential is recorded with its reason and address, and never itself', () => {
  const { entries, refused } = recording();
  refused.record(request, authenticator.authenticate('Bearer secret-guess') as Rejection);
  expect(entries).toEqual([
    expect.objectContaining({
      tool: '__none__',
      decision: 'refused',
      outcome: 'unauthorized',
      reason: 'key_unknown',
      address: '10.0.0.9',
      client: { name: 'agent', version: '1.2' },
      message: 'The credential is not valid.',
    }),
  ]);
  expect(JSON.stringify(entries)).not.toContain('secret-guess');
});

test('a key that lacks a scope is recorded with its name', () => {
  const { entries, refused } = recording();
  const result = authenticator.authenticate('Bearer ci-key-0123456789');
  if (!('principal' in result)) throw new Error('The key is valid.');
  const { principal } = result;
  refused.record(request, authenticator.requireScope(principal, 'admin') as Rejection, principal);
  expect(entries[0]).toMatchObject({
    caller: 'ci',
    keyName: 'ci',
    outcome: 'forbidden',
    reason: 'scope_missing:admin',
  });
});

test('a token that could not be checked is recorded as that, and not as a wrong one', () => {
  const { entries, refused } = recording();
  refused.record(request, createAuthRejections(undefined).keysUnavailable);
  expect(entries).toMatchObject([{ outcome: 'unavailable', reason: 'keys_unavailable' }]);
});

test('a flood leaves sixty entries a minute, and the next one counts the rest', () => {
  const { entries, refused, clock } = recording();
  const rejection = authenticator.authenticate('Bearer wrong') as Rejection;
  for (let i = 0; i < 1000; i++) refused.record(request, rejection);
  expect(entries).toHaveLength(60);
  clock.advance(60_000);
  refused.record(request, rejection);
  expect(entries.at(-1)?.message).toBe('The credential is not valid. 940 more were not recorded.');
});
