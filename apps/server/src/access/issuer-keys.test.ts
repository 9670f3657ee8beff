import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { JwtVerifier, type TokenVerdict } from './jwt.ts';

const ISSUER = 'https://issuer.example.com';
const AUDIENCE = 'https://tools.example.com/mcp';
const NOW = Date.UTC(2030, 0, 1);
const MINUTE = 60_000;

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

let issuer: Server;
let jwksUri: string;
let requests = 0;
/** What the issuer does now. */
let published: readonly SigningKey[] | 'down' | 'silent' = 'down';
let oldKey: SigningKey;
let newKey: SigningKey;
let clock: ManualClock;
let verifier: JwtVerifier;

beforeAll(async () => {
  oldKey = await signingKey('old');
  newKey = await signingKey('new');
  issuer = createServer((_, response) => {
    requests += 1;
    if (published === 'silent') return;
    if (published === 'down') response.writeHead(500).end();
    else response.end(JSON.stringify({ keys: published.map(({ jwk }) => jwk) }));
  });
  issuer.listen(0, '127.0.0.1');
  await once(issuer, 'listening');
  jwksUri = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks`;
});
afterAll(() => {
  issuer.closeAllConnections();
  issuer.close();
});
beforeEach(() => {
  requests = 0;
  clock = new ManualClock(NOW);
  verifier = new JwtVerifier({ issuer: ISSUER, audience: AUDIENCE, jwksUri, clock });
});

async function signingKey(kid: string): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}

/** What becomes of a token that this key has signed. */
async function verify({ kid, privateKey }: SigningKey): Promise<string> {
  const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'alice', exp: clock.epochMs() / 1000 + 60 };
  const verdict: TokenVerdict = await verifier.verify(
    await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey),
  );
  return verdict.ok ? 'ok' : verdict.kind;
}

test('while the issuer is down, its last keys count until they are an hour old, and nobody waits for it', async () => {
  published = [oldKey];
  expect(await verify(oldKey)).toBe('ok');
  published = 'silent';
  clock.advance(10 * MINUTE);
  expect(await verify(oldKey)).toBe('ok');
  clock.advance(49 * MINUTE);
  expect(await verify(oldKey)).toBe('ok');
  published = 'down';
  issuer.closeAllConnections();
  await verifier.checkIssuer();
  clock.advance(MINUTE);
  expect(await verify(oldKey)).toBe('keys_unavailable');
  expect((await verifier.checkIssuer()).hasKeys).toBe(false);
  clock.advance(MINUTE);
  published = [oldKey];
  expect(await verify(oldKey)).toBe('ok');
  expect(await verifier.checkIssuer()).toEqual({ problem: undefined, hasKeys: true });
});

test('the keys are fetched again after ten minutes, in the background, and one that was revoked then counts no more', async () => {
  published = [oldKey];
  expect(await verify(oldKey)).toBe('ok');
  published = [newKey];
  clock.advance(10 * MINUTE);
  expect(await verify(oldKey)).toBe('ok');
  await verifier.checkIssuer();
  expect(await verify(oldKey)).toBe('invalid');
  expect(await verify(newKey)).toBe('ok');
  expect(requests).toBe(2);
});

test('a new key is found at once, and asked for once in 30 seconds', async () => {
  published = [oldKey];
  expect(await verify(oldKey)).toBe('ok');
  expect(await verify(newKey)).toBe('invalid');
  expect(requests).toBe(1);
  published = [newKey];
  clock.advance(30_000);
  expect(await verify(newKey)).toBe('ok');
  expect(requests).toBe(2);
});

test('of a token that names an unknown key nothing is known while the issuer is down', async () => {
  published = [oldKey];
  expect(await verify(oldKey)).toBe('ok');
  published = 'down';
  clock.advance(30_000);
  expect(await verify(newKey)).toBe('keys_unavailable');
  expect(await verify(oldKey)).toBe('ok');
  expect(await verifier.checkIssuer()).toMatchObject({
    problem: expect.stringContaining('count until they are 60 minutes old') as string,
    hasKeys: true,
  });
});

test('a step of the clock of the machine neither prolongs nor ends them', async () => {
  published = [oldKey];
  expect(await verify(oldKey)).toBe('ok');
  published = [newKey];
  clock.setEpoch(NOW - 3 * 60 * MINUTE);
  clock.advance(30_000);
  expect(await verify(newKey)).toBe('ok');
  clock.setEpoch(NOW + 300 * MINUTE);
  expect(await verify(newKey)).toBe('ok');
  expect(requests).toBe(2);
});
