import { describe, expect, test } from 'vitest';
import { createAuthenticator, type Authenticator, type AuthResult } from './authenticator.ts';
import { localPrincipal } from './principal.ts';

const KEY = 'single-key-0123456789';
const authenticator = createAuthenticator({
  auth: 'required',
  apiKey: KEY,
  apiKeys: [{ name: 'ci', key: 'ci-key-0123456789', scopes: ['tools:call:dns_*'] }],
});
// Without a JWT issuer every result is synchronous.
const ask = (header: string | undefined, of: Authenticator = authenticator): AuthResult =>
  of.authenticate(header) as AuthResult;

test.each([`Bearer ${KEY}`, `bearer ${KEY}`, `BEARER  ${KEY}`])('accepts %s', (header) => {
  expect(ask(header)).toEqual({
    ok: true,
    principal: { name: 'default', scopes: ['tools:read', 'tools:call', 'approvals', 'admin'], keyName: 'default' },
  });
});

test.each([
  undefined,
  '',
  'Bearer',
  'Bearer ',
  KEY,
  `Basic ${KEY}`,
  `Bearer:${KEY}`,
  `Bearer\t${KEY}`,
  `Bearer "${KEY}"`,
  `Bearer ${KEY} `,
  `Bearer ${KEY} x`,
  `Bearer ${KEY},Bearer ${KEY}`,
  `Bearer ${KEY}x`,
  `Bearer ${KEY.slice(1)}`,
  `Bearer ${KEY.toUpperCase()}`,
  'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.x',
  `Bearer ${'x'.repeat(15_000)}`,
])('answers %.60j with 401 and a challenge', (header) => {
  expect(ask(header)).toMatchObject({
    ok: false,
    status: 401,
    problem: { status: 401, suggestion: expect.stringContaining('Authorization: Bearer') as string },
    headers: { 'www-authenticate': expect.stringMatching(/^Bearer realm="mcp-server"/) as string },
  });
});

test.each(['${MCP_KEY}', '${input:api-key}', '$MCP_KEY', '%MCP_KEY%', '{{MCP_KEY}}', '<key>', `"${KEY}"`, `'${KEY}'`])(
  'says that %j was not expanded or is in quotes, without repeating it',
  (token) => {
    const result = ask(`Bearer ${token}`);
    expect(result).toMatchObject({ status: 401, reason: 'key_not_expanded' });
    expect(JSON.stringify(result)).not.toContain(JSON.stringify(token).slice(1, -1));
  },
);

test('a key with a dollar sign in it is compared like any other', () => {
  expect(ask('Bearer pa$$word-0123456789')).toMatchObject({ reason: 'key_unknown' });
});

test('invalid_token is sent only when there was a credential', () => {
  expect(JSON.stringify(ask(undefined))).not.toContain('invalid_token');
  expect(JSON.stringify(ask('Bearer wrong'))).toContain('invalid_token');
});

test('never repeats a credential', () => {
  expect(JSON.stringify(ask('Bearer secret-guess'))).not.toContain('secret-guess');
});

describe('scopes', () => {
  const result = ask('Bearer ci-key-0123456789');
  const principal = result.ok ? result.principal : localPrincipal('anonymous');

  test('a missing scope is 403 and named', () => {
    expect(authenticator.requireScope(principal, 'admin')).toMatchObject({
      status: 403,
      headers: { 'www-authenticate': 'Bearer realm="mcp-server", error="insufficient_scope", scope="admin"' },
    });
  });

  test('a scope that the credential has is accepted', () => {
    expect(authenticator.requireScope(principal, 'tools:call')).toBeUndefined();
  });
});

test('with authentication off, every caller is anonymous with every scope', () => {
  const open = createAuthenticator({ auth: 'none' });
  expect(ask(undefined, open)).toEqual({ ok: true, principal: localPrincipal('anonymous') });
  expect(ask('Bearer whatever', open)).toMatchObject({ principal: { name: 'anonymous' } });
});

test('required authentication without any credential is an error at start', () => {
  expect(() => createAuthenticator({ auth: 'required' })).toThrow(/nobody could call/);
});
