import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK, generateKeyPair, type CryptoKey } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import type { Rejection } from '../foundation/problem-details.ts';
import { createAuthenticator, type AuthResult, type Authenticator } from './authenticator.ts';
import { JwtVerifier } from './jwt.ts';
import { protectedResourceMetadataUrl } from './protected-resource.ts';

const ISSUER = 'https://issuer.example.com';
const AUDIENCE = 'https://tools.example.com/mcp';
const NOW = Date.UTC(2030, 0, 1);
const clock = new ManualClock(NOW);
const SECONDS = NOW / 1000;

let issuer: Server;
let jwksUri: string;
let signingKey: CryptoKey;
let otherKey: CryptoKey;
let authenticator: Authenticator;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256');
  signingKey = pair.privateKey;
  otherKey = (await generateKeyPair('ES256')).privateKey;
  const jwks = JSON.stringify({
    keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }],
  });
  issuer = createServer((request, response) => {
    response.statusCode = request.url === '/jwks' ? 200 : 500;
    response.setHeader('content-type', 'application/json');
    response.end(jwks);
  });
  issuer.listen(0, '127.0.0.1');
  await once(issuer, 'listening');
  jwksUri = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks`;
  authenticator = createAuthenticator({
    auth: 'required',
    apiKey: 'single-key-0123456789',
    jwt: { issuer: ISSUER, audience: AUDIENCE, jwksUri, clock },
    resourceMetadata: protectedResourceMetadataUrl(AUDIENCE),
  });
});

afterAll(() => {
  issuer.closeAllConnections();
  issuer.close();
});

const claims = {
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'alice',
  exp: SECONDS + 60,
  scope: 'openid tools:read tools:call:dns_*',
};

async function token(change: Record<string, unknown> = {}, key: CryptoKey = signingKey, kid = 'k1'): Promise<string> {
  return new SignJWT({ ...claims, ...change }).setProtectedHeader({ alg: 'ES256', kid }).sign(key);
}

async function ask(bearer: string, of: Authenticator = authenticator): Promise<AuthResult> {
  return of.authenticate(`Bearer ${bearer}`);
}

test('accepts a token of the issuer and keeps the scopes that this server knows', async () => {
  expect(await ask(await token())).toEqual({
    ok: true,
    principal: { name: 'jwt:alice', scopes: ['tools:read', 'tools:call:dns_*'] },
  });
});

test.each([[['admin', 'x', 5]], ['admin x']])('scopes may be in scp (%j)', async (scp) => {
  expect(await ask(await token({ scope: undefined, scp }))).toMatchObject({ principal: { scopes: ['admin'] } });
});

test.each(['https://tools.example.com', 'https://tools.example.com/'])(
  'an audience without a path (%s) is the same with a slash, which clients add, and without',
  async (audience) => {
    const origin = createAuthenticator({ auth: 'required', jwt: { issuer: ISSUER, audience, jwksUri, clock } });
    for (const aud of ['https://tools.example.com', 'https://tools.example.com/']) {
      expect(await ask(await token({ aud }), origin)).toMatchObject({ ok: true });
    }
    expect(await ask(await token({ aud: 'https://tools.example.com/mcp' }), origin)).toMatchObject({ status: 401 });
  },
);

test('an audience with a path, or that is no URL, is compared as it is', async () => {
  for (const audience of ['https://tools.example.com/mcp', 'tools', 'urn:tools']) {
    const exact = createAuthenticator({ auth: 'required', jwt: { issuer: ISSUER, audience, jwksUri, clock } });
    expect(await ask(await token({ aud: audience }), exact)).toMatchObject({ ok: true });
    expect(await ask(await token({ aud: `${audience}/` }), exact)).toMatchObject({ status: 401 });
  }
});

test('API keys work beside tokens', async () => {
  expect(await ask('single-key-0123456789')).toMatchObject({ principal: { name: 'default' } });
});

describe('rejects with 401 and the metadata URL a token', () => {
  test.each<[string, Record<string, unknown>]>([
    ['of another issuer', { iss: 'https://evil.example.com' }],
    ['for another audience', { aud: 'https://other.example.com' }],
    ['that has expired', { exp: SECONDS - 6 }],
    ['that is not valid yet', { nbf: SECONDS + 6 }],
    ['without an expiry', { exp: undefined }],
    ['without a subject', { sub: undefined }],
    ['whose subject has other characters than printable ASCII', { sub: 'alice\nadmin' }],
    ['whose subject is a list', { sub: ['alice'] }],
    ['whose subject is a nested list', { sub: [['alice']] }],
    ['whose subject is a number', { sub: 7 }],
    ['whose subject is true', { sub: true }],
    ['whose subject is an object', { sub: { toString: 'alice' } }],
  ])('%s', async (_what, change) => {
    expect(await ask(await token(change))).toMatchObject({
      status: 401,
      headers: {
        'www-authenticate':
          'Bearer realm="mcp-server", error="invalid_token", resource_metadata="https://tools.example.com/.well-known/oauth-protected-resource/mcp"',
      },
    });
  });

  test('signed with another key', async () => {
    expect(await ask(await token({}, otherKey))).toMatchObject({ status: 401 });
  });

  test('that names a key the issuer does not have', async () => {
    expect(await ask(await token({}, signingKey, 'k2'))).toMatchObject({ status: 401 });
  });

  test('that is not signed at all, or with a shared secret', async () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    expect(await ask(`${part({ alg: 'none' })}.${part(claims)}.AA`)).toMatchObject({ status: 401 });
    const shared = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(new Uint8Array(32));
    expect(await ask(shared)).toMatchObject({ status: 401 });
  });
});

test('rejects with 403 a token that lacks a required scope', async () => {
  const strict = createAuthenticator({
    auth: 'required',
    jwt: { issuer: ISSUER, audience: AUDIENCE, jwksUri, clock, requiredScopes: ['mcp'] },
  });
  expect(await ask(await token(), strict)).toMatchObject({ status: 403 });
  expect(await ask(await token({ scope: 'mcp tools:call' }), strict)).toMatchObject({ ok: true });
});

test("answers 503, not 401, when the issuer's keys cannot be fetched", async () => {
  const unreachable = new URL('/missing', jwksUri).href;
  const lost = createAuthenticator({
    auth: 'required',
    jwt: { issuer: ISSUER, audience: AUDIENCE, jwksUri: unreachable, clock },
  });
  expect(await ask(await token(), lost)).toMatchObject({ status: 503, problem: { retryAfterMs: 5000 } });
  const closed = createAuthenticator({
    auth: 'required',
    jwt: { issuer: ISSUER, audience: AUDIENCE, jwksUri: 'http://127.0.0.1:1/jwks', clock },
  });
  expect(await ask(await token(), closed)).toMatchObject({ status: 503 });
});

test.each(['http://issuer.example.com/jwks', 'file:///etc/passwd', 'jwks', ''])('jwksUri must not be %j', (address) => {
  expect(() => new JwtVerifier({ issuer: ISSUER, audience: AUDIENCE, jwksUri: address })).toThrow(/https URL/);
});

describe('the log says why a token is rejected:', () => {
  test.each<[string, Record<string, unknown>]>([
    ['token_issuer_not_accepted', { iss: 'https://evil.example.com' }],
    ['token_audience_not_accepted', { aud: 'https://other.example.com' }],
    ['token_expired', { exp: SECONDS - 6 }],
    ['token_not_yet_valid', { nbf: SECONDS + 6 }],
    ['token_claim_missing:exp', { exp: undefined }],
    ['token_claim_missing:sub', { sub: undefined }],
    ['token_subject_invalid', { sub: 7 }],
  ])('%s', async (reason, change) => {
    const rejected = await ask(await token(change));
    expect(rejected).toMatchObject({ status: 401, reason });
    expect(JSON.stringify((rejected as Rejection).problem)).not.toContain(reason);
  });

  test('the signature, the key, the algorithm, the form', async () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    expect(await ask(await token({}, otherKey))).toMatchObject({ reason: 'token_signature_invalid' });
    expect(await ask(await token({}, signingKey, 'k2'))).toMatchObject({ reason: 'token_key_unknown' });
    expect(await ask(`${part({ alg: 'none' })}.${part(claims)}.AA`)).toMatchObject({
      reason: 'token_algorithm_not_allowed',
    });
    expect(await ask('a.b.c')).toMatchObject({ reason: 'token_malformed' });
    expect(await ask('no-such-key')).toMatchObject({ reason: 'key_unknown' });
  });
});

test('a principal is active until its token expires', async () => {
  const time = new ManualClock(NOW);
  const verifier = new JwtVerifier({ issuer: ISSUER, audience: AUDIENCE, jwksUri, clock: time });
  const verdict = await verifier.verify(await token());
  if (!verdict.ok) throw new Error('the token must be accepted');
  expect(verifier.expiresAtMs(verdict.principal)).toBe(NOW + 65_000);
  time.advance(64_999);
  expect(verifier.has(verdict.principal)).toBe(true);
  time.advance(1);
  expect(verifier.has(verdict.principal)).toBe(false);
});
