import { expect, test } from 'vitest';

import { AuthFailureLimiter } from '../../../access/auth-failure-limiter.ts';
import { createAuthenticator } from '../../../access/authenticator.ts';
import { CallerShare } from '../connections/caller-share.ts';
import { RejectionLog } from './rejection-log.ts';
import { admitCaller, rejectionResponse } from './request-context.ts';

test('the log says what was wrong with a credential of an address that sent too many, and the response does not', async () => {
  const lines: object[] = [];
  const auth = {
    authenticator: createAuthenticator({ auth: 'required', apiKey: 'a-key-of-32-characters-0123456789' }),
    rejections: new RejectionLog({ logger: { info: (fields: object) => void lines.push(fields) } as never }),
    authFailures: new AuthFailureLimiter({ perMinute: 1 }),
    refusedCredentials: { record: () => {} },
    callerShare: new CallerShare(() => 100),
  };
  const socket = { remoteAddress: '192.0.2.1' };
  const send = (authorization: string): ReturnType<typeof admitCaller> =>
    admitCaller(auth, 'tools:read', { incoming: { headers: { authorization }, socket } } as never);
  for (const authorization of ['Bearer wrong', 'Bearer wrong', 'Bearer ${KEY}', 'Basic wrong'])
    await send(authorization);
  expect(lines).toMatchObject([
    { status: 401, reason: 'key_unknown' },
    { status: 429, reason: 'key_unknown' },
    { status: 429, reason: 'key_not_expanded' },
    { status: 429, reason: 'header_malformed' },
  ]);
  const last = await send('Bearer ${KEY}');
  if (last.ok) throw new Error('a wrong key was accepted');
  const response = rejectionResponse(last);
  expect(`${JSON.stringify([...response.headers])} ${await response.text()}`).not.toContain('key_not_expanded');
});
