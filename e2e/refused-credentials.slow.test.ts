/** Why a credential is refused: the operator reads it in the log and in the audit log, the client reads what RFC 6750 allows. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';

import {
  apiKey,
  scratch,
  startHttpServer,
  testConfiguration,
  type HttpServerProcess,
} from './harness/server-process.ts';

const issuer = 'https://issuer.example.com';
const audience = 'https://tools.example.com/mcp';
const endedKey = 'ended-key-0123456789abcdef';
const pairs = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const [own, other] = pairs.map(({ privateKey }) => privateKey);

const place = scratch();
const keyStore = place.write(
  'keys.json',
  JSON.stringify({
    keys: [
      {
        name: 'nightly',
        hash: `sha256:${createHash('sha256').update(endedKey).digest('hex')}`,
        scopes: ['admin'],
        createdAt: '2020-01-01T00:00:00Z',
        expiresAt: '2020-02-01T00:00:00Z',
      },
    ],
  }),
);

let keySet: Server;
let server: HttpServerProcess;
let withoutKeys: HttpServerProcess;

beforeAll(async () => {
  const keys = [{ ...pairs[0]?.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256', use: 'sig' }];
  keySet = createServer((request, response) => {
    response.writeHead(request.url === '/keys' ? 200 : 500, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys }));
  }).listen(0, '127.0.0.1');
  await once(keySet, 'listening');
  const { port } = keySet.address() as AddressInfo;
  const configuration = (path: string): string =>
    testConfiguration.replace(
      'security:\n',
      `security:
  keyStore: ${keyStore}
  jwt: { issuer: '${issuer}', audience: '${audience}', jwksUri: 'http://127.0.0.1:${port}/${path}' }
`,
    );
  server = await startHttpServer({ configuration: configuration('keys') });
  withoutKeys = await startHttpServer({ configuration: configuration('broken') });
});
afterAll(async () => {
  await server?.stop();
  await withoutKeys?.stop();
  keySet?.closeAllConnections();
  keySet?.close();
  place[Symbol.dispose]();
});

function token(change: object = {}, key: KeyObject | undefined = own, kid = 'k1'): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, aud: audience, sub: 'alice', scope: 'tools:read', exp: now + 600, ...change };
  const parts = [{ alg: 'ES256', kid }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const text = parts.join('.');
  if (key === undefined) throw new Error('There is no key.');
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

const ask = (url: string, credential: string): Promise<Response> =>
  fetch(`${url}/tools`, { headers: { authorization: `Bearer ${credential}` } });

async function recorded(of: HttpServerProcess): Promise<{ audited: object | undefined; logged: unknown }> {
  const answer = await fetch(`${of.url}/executions?tool=__none__`, { headers: { authorization: `Bearer ${apiKey}` } });
  const { entries } = (await answer.json()) as { entries: object[] };
  const lines = of
    .output()
    .stderr.split('\n')
    .filter((line) => line.includes('"http.rejected"'));
  return { audited: entries[0], logged: JSON.parse(lines.at(-1) ?? '{}') };
}

test('a token of the issuer is accepted', async () => {
  expect((await ask(server.url, token())).status).toBe(200);
});

test.each([
  ['token_expired', () => token({ exp: 1_600_000_000 })],
  ['token_audience_not_accepted', () => token({ aud: 'https://other.example.com' })],
  ['token_issuer_not_accepted', () => token({ iss: 'https://other.example.com' })],
  ['token_key_unknown', () => token({}, own, 'k2')],
  ['token_signature_invalid', () => token({}, other)],
  ['key_expired', () => endedKey],
])(
  'a credential that is refused as %s says so to the operator, and to its client only that it is invalid',
  async (reason, credential) => {
    const response = await ask(server.url, credential());
    expect(response.status).toBe(401);
    const challenge = response.headers.get('www-authenticate');
    expect(challenge).toContain('error="invalid_token"');
    const problem = (await response.json()) as object;
    expect(problem).toMatchObject({
      type: 'urn:mcp-server:problem:unauthorized',
      detail: 'The credential is not valid.',
    });
    expect(`${challenge}${JSON.stringify(problem)}`).not.toMatch(/expired|audience|issuer|signature|nightly/u);
    await expect
      .poll(async () => await recorded(server))
      .toMatchObject({
        audited: { outcome: 'unauthorized', reason, ...(reason === 'key_expired' && { keyName: 'nightly' }) },
        logged: { status: 401, reason },
      });
  },
);

test('keys of the issuer that cannot be fetched are no fault of the credential', async () => {
  const response = await ask(withoutKeys.url, token());
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('5');
  expect(response.headers.has('www-authenticate')).toBe(false);
  await expect
    .poll(async () => await recorded(withoutKeys))
    .toMatchObject({
      audited: { outcome: 'unavailable', reason: 'keys_unavailable' },
      logged: { status: 503, reason: 'keys_unavailable' },
    });
});
