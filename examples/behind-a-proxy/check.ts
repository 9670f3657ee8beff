/** A local identity provider, the proxy, the server: a token for this server works, one for another or from another does not. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';

import { startServer } from '../server/start-server.ts';
import { createProxy } from './proxy.ts';

const AUDIENCE = 'https://tools.example.com/mcp';
const { publicKey, privateKey } = await generateKeyPair('ES256');
const { privateKey: strangersKey } = await generateKeyPair('ES256');
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'example', alg: 'ES256', use: 'sig' }] };

await using provider = await listening(
  createServer((_, response) => void response.setHeader('content-type', 'application/json').end(JSON.stringify(jwks))),
);
const issuer = provider.url;
await using server = await startServer({
  config: fileURLToPath(new URL('tools.yaml', import.meta.url)),
  env: {
    MCP_SECURITY_API_KEY: '',
    MCP_SECURITY_JWT_ISSUER: issuer,
    MCP_SECURITY_JWT_JWKS_URI: `${issuer}/jwks.json`,
  },
});
const upstream = new URL(server.url);
await using proxy = await listening(
  createProxy({ host: upstream.hostname, port: Number(upstream.port) }, 'tools.example.com'),
);

const good = await token({});
assert.equal(await statusWith(good), 200);
console.log('a token for this server: 200');

for (const [what, bad] of [
  ['for another audience', await token({ audience: 'https://other.example.com' })],
  ['of another issuer', await token({ issuer: 'http://127.0.0.1:1' })],
  ['signed by a stranger', await token({ key: strangersKey })],
  ['that has expired', await token({ expires: '-1h' })],
] as const) {
  assert.equal(await statusWith(bad), 401, what);
  console.log(`a token ${what}: 401`);
}
assert.equal(await statusWith(await token({ scope: 'tools:read' }), 'POST', '/tools/system_info/execute'), 403);

// A client without a token gets the address of the authorization server (RFC 9728).
const refused = await fetch(`${proxy.url}/mcp`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{}',
});
assert.equal(refused.status, 401);
assert.match(refused.headers.get('www-authenticate') ?? '', /resource_metadata=/u);
const metadata = (await (await fetch(`${proxy.url}/.well-known/oauth-protected-resource/mcp`)).json()) as {
  authorization_servers: string[];
};
assert.deepEqual(metadata.authorization_servers, [issuer]);

// A Host that was not listed is refused, whoever asks: a page that rebinds its name to this address gets nothing.
await using stranger = await listening(
  createProxy({ host: upstream.hostname, port: Number(upstream.port) }, 'attacker.example'),
);
const rebound = await fetch(`${stranger.url}/tools`, { headers: { authorization: `Bearer ${good}` } });
assert.equal(rebound.status, 403);

interface TokenChanges {
  readonly audience?: string;
  readonly issuer?: string;
  readonly key?: CryptoKey;
  readonly expires?: string;
  readonly scope?: string;
}

function token(changes: TokenChanges): Promise<string> {
  return new SignJWT({ scope: changes.scope ?? 'tools:read tools:call' })
    .setProtectedHeader({ alg: 'ES256', kid: 'example' })
    .setSubject('agent-7')
    .setIssuer(changes.issuer ?? issuer)
    .setAudience(changes.audience ?? AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(changes.expires ?? '5m')
    .sign(changes.key ?? privateKey);
}

async function statusWith(bearer: string, method = 'GET', path = '/tools'): Promise<number> {
  const response = await fetch(proxy.url + path, {
    method,
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    ...(method === 'POST' && { body: '{"arguments":{}}' }),
  });
  await response.body?.cancel();
  return response.status;
}

async function listening(http: Server): Promise<AsyncDisposable & { url: string }> {
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}
