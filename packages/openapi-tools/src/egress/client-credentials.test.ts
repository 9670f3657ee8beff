import { generateKeyPairSync, verify } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';

import { defineHttpTool } from '../declared/define-http-tool.ts';
import { call, startLocalApi, type LocalApi } from '../test-support/local-api.ts';
import { ManualClock } from '../test-support/manual-clock.ts';
import { clientCredentials, type ClientCredentialsOptions } from './client-credentials.ts';
import type { Credentials } from './credentials.ts';
import { signingKeyProblem } from './signing-key.ts';

const open: LocalApi[] = [];
afterEach(async () => {
  for (const api of open.splice(0)) await api[Symbol.asyncDispose]();
});

async function serve(answer: Parameters<typeof startLocalApi>[0]): Promise<LocalApi> {
  const api = await startLocalApi(answer);
  open.push(api);
  return api;
}

/** Tokens token-1, token-2, ... */
async function issuer(expiresIn: number): Promise<LocalApi> {
  let issued = 0;
  return serve((_, response) => {
    issued += 1;
    const token = { access_token: `token-${issued}`, token_type: 'Bearer', expires_in: expiresIn };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token));
  });
}

const decoded = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());

const clock = new ManualClock();

function credentialsOf(tokens: LocalApi, more: Partial<ClientCredentialsOptions> = {}): Credentials {
  return clientCredentials({
    tokenUrl: `${tokens.url}/token`,
    clientId: 'me',
    clientSecret: 'secret-1',
    scope: 'read',
    private: true,
    clock,
    ...more,
  });
}

function toolOf(
  api: LocalApi,
  tokens: LocalApi,
  credentials = credentialsOf(tokens),
): ReturnType<typeof defineHttpTool> {
  return defineHttpTool({ name: 't', description: 'T', http: { url: api.url } }, { private: true, credentials });
}

test('the secret is sent in a header, or where the issuer wants it in the body', async () => {
  const [api, tokens] = [await serve(undefined), await issuer(100)];
  await call(toolOf(api, tokens));
  await call(toolOf(api, tokens, credentialsOf(tokens, { authMethod: 'client_secret_post' })));
  const [basic, post] = tokens.received;
  const header = Buffer.from(basic?.headers.authorization?.replace('Basic ', '') ?? '', 'base64').toString();
  // RFC 6749 has both percent-encoded.
  expect(decodeURIComponent(header)).toBe('me:secret-1');
  expect([basic?.body.includes('secret-1'), post?.headers.authorization]).toEqual([false, undefined]);
  const sent = new URLSearchParams(post?.body);
  expect([sent.get('client_id'), sent.get('client_secret')]).toEqual(['me', 'secret-1']);
});

test.each([
  ['ES256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['RS256', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ['Ed25519', () => generateKeyPairSync('ed25519')],
] as const)('a private key signs who the client is by %s, and is never sent', async (alg, generate) => {
  const [api, tokens] = [await serve(undefined), await issuer(100)];
  const { privateKey, publicKey } = generate();
  const clientSecret = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const more = { authMethod: 'private_key_jwt', clientSecret, keyId: 'key-1' } as const;
  await call(toolOf(api, tokens, credentialsOf(tokens, more)));
  const [sent] = tokens.received;
  const assertion = new URLSearchParams(sent?.body).get('client_assertion') ?? '';
  const [header = '', payload = '', signature = ''] = assertion.split('.');
  const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  const signed = Buffer.from(`${header}.${payload}`);
  expect(verify(alg === 'Ed25519' ? null : 'sha256', signed, key, Buffer.from(signature, 'base64url'))).toBe(true);
  expect(decoded(header)).toMatchObject({ alg, kid: 'key-1' });
  expect(decoded(payload)).toMatchObject({
    iss: 'me',
    sub: 'me',
    aud: `${tokens.url}/token`,
    jti: expect.any(String),
    exp: expect.any(Number),
  });
  expect(JSON.stringify(tokens.received)).not.toContain(clientSecret.split('\n')[1]);
  expect(api.received[0]?.headers.authorization).toBe('Bearer token-1');
});

test.each([
  ['no key', 'secret-1', /no private key/u],
  ['a public key', generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }), /no private key/u],
  [
    'a short key',
    generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
    /2048/u,
  ],
])('%s cannot sign, and the reason does not repeat it', (_, text, reason) => {
  const problem = signingKeyProblem(String(text));
  expect(problem).toMatch(reason);
  expect(problem).not.toContain('secret-1');
});

test('calls at the same time share one token, and it is renewed before it expires', async () => {
  const [api, tokens] = [await serve(undefined), await issuer(100)];
  const tool = toolOf(api, tokens);
  await Promise.all([call(tool), call(tool), call(tool)]);
  expect(tokens.received).toHaveLength(1);
  expect(tokens.received[0]).toMatchObject({
    method: 'POST',
    url: '/token',
    body: expect.stringContaining('scope=read'),
  });
  clock.advance(71_000);
  await call(tool);
  expect(api.received.map(({ headers }) => headers.authorization)).toEqual([
    ...Array.from({ length: 3 }, () => 'Bearer token-1'),
    'Bearer token-2',
  ]);
});

test('a token that is refused is renewed once; a new one that is refused is not', async () => {
  const tokens = await issuer(3600);
  const api = await serve((request, response) => {
    response.writeHead(request.headers.authorization === 'Bearer token-2' ? 200 : 401).end();
  });
  const tool = toolOf(api, tokens);
  expect((await call(tool)).error?.type).toBe('unavailable');
  expect(tokens.received).toHaveLength(1);
  clock.advance(10_000);
  expect(await call(tool)).toMatchObject({ ok: true });
  expect(tokens.received).toHaveLength(2);
});

test('an issuer that refuses makes the API unavailable, and no secret is shown', async () => {
  const tokens = await serve((_, response) => {
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_client","x":"secret-1"}');
  });
  const result = await call(toolOf(await serve(undefined), tokens));
  expect(result.error?.type).toBe('unavailable');
  expect(JSON.stringify(result)).not.toContain('secret-1');
});

test('the state of the token is known without the token', async () => {
  let status = 200;
  const tokens = await serve((_, response) => {
    const token = { access_token: 'token-1', token_type: 'Bearer', expires_in: 100 };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(token));
  });
  const api = await serve(undefined);
  const credentials = credentialsOf(tokens);
  const tool = toolOf(api, tokens, credentials);
  expect(credentials.tokenState?.()).toEqual({ state: 'none', renewedInMs: 0, requests: 0, failures: 0 });
  await call(tool);
  expect(credentials.tokenState?.()).toEqual({ state: 'valid', renewedInMs: 70_000, requests: 1, failures: 0 });
  clock.advance(70_000);
  expect(credentials.tokenState?.()).toMatchObject({ state: 'expired', renewedInMs: 0 });
  status = 500;
  await call(tool);
  expect(credentials.tokenState?.()).toEqual({ state: 'failed', renewedInMs: 0, requests: 2, failures: 1 });
  status = 200;
  clock.advance(5000);
  await call(tool);
  expect(credentials.tokenState?.()).toMatchObject({ state: 'valid', requests: 3, failures: 1 });
});

test('after a failure the issuer is left alone for five seconds, whoever calls', async () => {
  let status = 500;
  const tokens = await serve((_, response) => {
    const token = { access_token: 'token-1', token_type: 'Bearer', expires_in: 100 };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(token));
  });
  const tool = toolOf(await serve(undefined), tokens);
  for (let count = 0; count < 3; count++) {
    expect((await call(tool)).error?.message).toBe('The authorization server of the API gave no access token.');
  }
  expect(tokens.received).toHaveLength(1);
  status = 200;
  clock.advance(5000);
  expect(await call(tool)).toMatchObject({ ok: true });
  expect(tokens.received).toHaveLength(2);
});
