import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { loadServerConfig } from '../configuration/test-support/load-server-config.ts';
import { AccessControl, checkAccess } from './access-control.ts';
import type { AuthResult } from './authenticator.ts';
import { defaultKeyStore } from './key-store.ts';
import { changeKeyStore, createKey } from './write-key-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'access-'));
  vi.stubEnv('XDG_CONFIG_HOME', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

async function configuration(text: string): Promise<ServerConfig> {
  await using store = await loadServerConfig(text);
  return store.snapshot.values;
}

function store(name: string, file = defaultKeyStore()): string {
  const { key, hash } = createKey();
  const entry = { name, hash, scopes: ['tools:read'], createdAt: '2026-11-25T12:00:00Z' };
  changeKeyStore(file, (keys) => [...keys, entry]);
  return key;
}

const ask = (access: AccessControl, key: string): AuthResult => access.authenticate(`Bearer ${key}`) as AuthResult;
const generatedKeyFile = (): string => join(folder, 'mcp-server', 'api-key');

test('keys of the key store are valid beside configured ones', async () => {
  const stored = store('ci');
  const access = new AccessControl(
    await configuration('server: { transport: http }\nsecurity: { apiKey: plain-key-0123456789 }'),
  );
  expect(ask(access, stored)).toMatchObject({ ok: true, principal: { name: 'ci', scopes: ['tools:read'] } });
  expect(ask(access, 'plain-key-0123456789').ok).toBe(true);
});

test('no key is generated while the key store has one, and a key generated earlier stays valid', async () => {
  const values = await configuration('server: { transport: http }');
  const stored = store('ci');
  expect(new AccessControl(values).keyOrigin).toEqual({ kind: 'configured' });
  expect(existsSync(generatedKeyFile())).toBe(false);

  rmSync(defaultKeyStore());
  const { keyOrigin } = new AccessControl(values);
  expect(keyOrigin.kind).toBe('generated');
  store('ops');
  const access = new AccessControl(values);
  expect(ask(access, keyOrigin.kind === 'generated' ? keyOrigin.value : '').ok).toBe(true);
  expect(ask(access, stored).ok).toBe(false);
});

test('a key that is removed from the store is rejected after it is read again; the others keep their principal', async () => {
  const access = new AccessControl(
    await configuration('server: { transport: http }\nsecurity: { apiKey: k-0123456789abcdef }'),
  );
  const removed = store('old');
  const kept = store('kept');
  access.reloadKeys();
  const before = ask(access, kept);
  const revoked = ask(access, removed);
  let notified = 0;
  using _ = access.onChanged(() => (notified += 1));

  changeKeyStore(defaultKeyStore(), (keys) => keys.filter(({ name }) => name !== 'old'));
  access.reloadKeys();
  expect(ask(access, removed).ok).toBe(false);
  expect(revoked.ok && access.has(revoked.principal)).toBe(false);
  expect(before.ok && access.has(before.principal)).toBe(true);
  expect(notified).toBe(1);
});

test('a key store that cannot be used leaves the keys as they are', async () => {
  const stored = store('ci');
  const access = new AccessControl(await configuration('server: { transport: http }'));
  writeFileSync(defaultKeyStore(), '{');
  expect(() => access.reloadKeys()).toThrow(/is not JSON/);
  expect(ask(access, stored).ok).toBe(true);
});

test('security.keyStore names another file, and an invalid one rejects the configuration', async () => {
  const file = join(folder, 'other.json');
  const values = await configuration(`server: { transport: http }\nsecurity: { keyStore: ${file} }`);
  const stored = store('ci', file);
  expect(ask(new AccessControl(values), stored).ok).toBe(true);
  writeFileSync(file, '[]');
  expect(() => checkAccess(values)).toThrow(/key store .* is invalid/);
});

test('a name must not be in the configuration and in the key store', async () => {
  store('default');
  const values = await configuration('server: { transport: http }\nsecurity: { apiKey: k-0123456789abcdef }');
  expect(() => checkAccess(values)).toThrow(/"default": duplicate name/);
});

test('over stdio no key store is read', async () => {
  store('ci');
  const access = new AccessControl(await configuration('server: { transport: stdio }'));
  expect(access.keyStore).toBeUndefined();
  expect(access.credentials).toBeUndefined();
});

test('on one connection, a key that was revoked, replaced or narrowed counts from the next request on', async () => {
  const connection = {};
  const of = (apiKeys: string): Promise<ServerConfig> =>
    configuration(`server: { transport: http }\nsecurity: { apiKeys: ${apiKeys} }`);
  const [one, two] = ['one-key-0123456789', 'two-key-0123456789'];
  const access = new AccessControl(await of(`[{ name: ci, key: ${one}, scopes: [tools:call] }]`));
  const seen = (key: string): unknown => {
    const result = access.authenticate(`Bearer ${key}`, connection) as AuthResult;
    return result.ok ? result.principal.scopes : result.status;
  };
  expect([seen(one), seen(one), seen(two), seen(one), seen(`${one}x`)]).toEqual([
    ['tools:call'],
    ['tools:call'],
    401,
    ['tools:call'],
    401,
  ]);
  access.apply(await of(`[{ name: ci, key: ${one}, scopes: [tools:read] }]`));
  expect(seen(one)).toEqual(['tools:read']);
  access.apply(await of(`[{ name: ci, key: ${two}, scopes: [tools:read] }]`));
  expect([seen(one), seen(two)]).toEqual([401, ['tools:read']]);
});

test('on one connection, a key that expires counts until then', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-25T12:00:00Z') });
  try {
    const { key, hash } = createKey();
    const times = { createdAt: '2026-11-25T12:00:00Z', expiresAt: '2026-11-25T12:01:00Z' };
    changeKeyStore(defaultKeyStore(), (keys) => [...keys, { name: 'ci', hash, scopes: ['tools:read'], ...times }]);
    const access = new AccessControl(await configuration('server: { transport: http }'));
    const connection = {};
    const isAccepted = (): boolean => (access.authenticate(`Bearer ${key}`, connection) as AuthResult).ok;
    expect([isAccepted(), isAccepted()]).toEqual([true, true]);
    vi.setSystemTime(Date.parse('2026-11-25T12:01:00Z'));
    expect(isAccepted()).toBe(false);
  } finally {
    vi.useRealTimers();
  }
});

describe('the resource of tokens', () => {
  const jwt = (audience: string): string =>
    `jwt: { issuer: 'https://issuer.example.com', jwksUri: 'https://issuer.example.com/keys', audience: '${audience}' }`;
  const of = async (host: string, audience: string): Promise<AccessControl> =>
    new AccessControl(
      await configuration(`server: { transport: http, host: '${host}', port: 0 }\nsecurity: { ${jwt(audience)} }`),
    );
  const challenge = (access: AccessControl): string => {
    const result = access.authenticate(undefined) as AuthResult;
    return result.ok ? '' : (result.headers['www-authenticate'] ?? '');
  };

  test.each(['mcp-tools', 'api://0b5aee65', 'urn:example:mcp', 'localhost:8080'])(
    'with the audience %s, which is no address, is where the server listens',
    async (audience) => {
      const access = await of('127.0.0.1', audience);
      access.listensAt('http://127.0.0.1:40123');
      expect(access.resourceMetadata).toMatchObject({ resource: 'http://127.0.0.1:40123/mcp' });
      expect(challenge(access)).toContain(
        'resource_metadata="http://127.0.0.1:40123/.well-known/oauth-protected-resource/mcp"',
      );
    },
  );

  test('is the audience where that is a URL, wherever the server listens', async () => {
    const access = await of('127.0.0.1', 'https://tools.example.com/mcp');
    access.listensAt('http://127.0.0.1:40123');
    expect(access.resourceMetadata).toMatchObject({ resource: 'https://tools.example.com/mcp' });
    expect(challenge(access)).toContain('"https://tools.example.com/.well-known/oauth-protected-resource/mcp"');
  });

  test.each(['::', '::1', '0.0.0.0'])('has an address on %s', async (host) => {
    expect(challenge(await of(host, 'mcp-tools'))).toMatch(/resource_metadata="http:\/\/(?:localhost|\[::1\]):/u);
  });
});
