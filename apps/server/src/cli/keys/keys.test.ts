import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { readKeyStore } from '../../access/key-store.ts';
import { expiryOf } from './expiry.ts';
import { parseKeys } from './parse-keys.ts';
import { runKeys, type Output } from './run-keys.ts';

const nowMs = Date.parse('2026-11-25T12:00:00Z');
let folder: string;
let store: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'));
  store = join(folder, 'mcp-server', 'keys.json');
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  vi.stubEnv('MCP_CONFIG_FILE', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const run = (...args: readonly string[]): Promise<Output> => runKeys(parseKeys(args, nowMs), nowMs);

describe('mcp-server keys', () => {
  test('add prints the new key alone, and stores its hash', async () => {
    const { stdout, stderr } = await run('add', 'ci', '--expires', '30d');
    expect(stdout).toMatch(/^mcp_[A-Za-z0-9_-]{43}\n$/);
    expect(stderr).toContain('valid until 2026-12-25T12:00:00.000Z');
    expect(readKeyStore(store)).toEqual([
      {
        name: 'ci',
        hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        scopes: ['tools:read', 'tools:call'],
        createdAt: '2026-11-25T12:00:00.000Z',
        expiresAt: '2026-12-25T12:00:00.000Z',
      },
    ]);
  });

  test('add takes scopes, and prints JSON', async () => {
    const { stdout } = await run('add', 'ops', '--scope', 'admin,tools:read', '--scope', 'tools:call:ping', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'ops',
      key: expect.stringMatching(/^mcp_/),
      scopes: ['admin', 'tools:read', 'tools:call:ping'],
      expiresAt: null,
      keyStore: store,
    });
  });

  test('add rejects a name that is in the store or in the configuration', async () => {
    await run('add', 'ci');
    await expect(run('add', 'ci')).rejects.toThrow(/mcp-server keys rotate ci/);
    const config = join(folder, 'c.yaml');
    writeFileSync(config, 'security: { apiKey: k-0123456789abcdef }\n', { mode: 0o600 });
    await expect(run('add', 'default', '--config', config)).rejects.toThrow(
      /The configuration has a key named default/,
    );
  });

  test('rotate replaces the key, keeps scopes and place, and gives it the lifetime that it had', async () => {
    await run('add', 'ci', '--scope', 'admin', '--expires', '1d');
    await run('add', 'ops');
    const [before] = readKeyStore(store);
    const laterMs = nowMs + 3_600_000;
    const { stdout } = await runKeys(parseKeys(['rotate', 'ci'], laterMs), laterMs);
    const [after, other] = readKeyStore(store);
    expect(stdout).toMatch(/^mcp_/);
    expect(after).toMatchObject({ name: 'ci', scopes: ['admin'], expiresAt: '2026-11-26T13:00:00.000Z' });
    expect(after!.hash).not.toBe(before!.hash);
    expect(other!.name).toBe('ops');
  });

  test('a key of the configuration is not rotated or removed here, and the message says where it is', async () => {
    const config = join(folder, 'c.yaml');
    writeFileSync(config, 'security: { apiKey: k-0123456789abcdef }\n', { mode: 0o600 });
    for (const action of ['rotate', 'remove']) {
      await expect(run(action, 'default', '--config', config)).rejects.toThrow(
        'The key default is in the configuration. Change it there.',
      );
    }
  });

  test('remove deletes the key, and rejects a name that is not there', async () => {
    await run('add', 'ci');
    expect((await run('remove', 'ci')).stdout).toBe('');
    expect(readKeyStore(store)).toEqual([]);
    await expect(run('remove', 'ci')).rejects.toThrow(/has no key named ci/);
    await expect(run('rotate', 'ci')).rejects.toThrow(/has no key named ci/);
  });

  test('list shows stored, configured and generated keys, and no key or hash', async () => {
    await run('add', 'old', '--expires', '1h');
    const config = join(folder, 'c.yaml');
    writeFileSync(
      config,
      'security: { apiKeys: [{ name: yaml, key: plain-key-0123456789, scopes: [tools:read] }] }\n',
      { mode: 0o600 },
    );
    const laterMs = nowMs + 7_200_000;
    const list = (...args: string[]): Promise<Output> => runKeys(parseKeys(['list', ...args], laterMs), laterMs);
    const { stdout } = await list('--config', config);
    expect(stdout).toMatch(/^old +key store +2026-11-25 +2026-11-25 \(expired\) +tools:read, tools:call$/mu);
    expect(stdout).toMatch(/^yaml +configuration +- +never +tools:read$/mu);
    expect(stdout).not.toMatch(/plain-key|sha256/);

    writeFileSync(join(folder, 'mcp-server', 'api-key'), `mcp_${'a'.repeat(43)}\n`, { mode: 0o600 });
    expect(JSON.parse((await list('--json')).stdout)).toMatchObject({
      keyStore: store,
      keys: [
        { name: 'old', expired: true },
        { name: 'default', source: 'generated' },
      ],
    });
  });
});

describe('the command line', () => {
  test.each([
    ['no action', [], 'needs one of add, list, rotate and remove'],
    ['an unknown action', ['show'], 'needs one of'],
    ['no name', ['add'], 'one NAME is needed'],
    ['two names', ['remove', 'a', 'b'], 'one NAME is needed'],
    ['a name for list', ['list', 'ci'], 'keys list takes no name'],
    ['an invalid name', ['add', 'a b'], '1 to 64 letters'],
    ['an unknown scope', ['add', 'ci', '--scope', 'root'], '"root" is not a scope'],
    ['a scope for rotate', ['rotate', 'ci', '--scope', 'admin'], '--scope belongs to keys add'],
    ['an expiry for list', ['list', '--expires', '1d'], '--expires belongs to'],
    ['an unknown option', ['list', '--all'], "Unknown option '--all'"],
  ])('rejects %s', (_, args, message) => {
    expect(() => parseKeys(args, nowMs)).toThrow(message);
  });

  test.each([
    ['12h', '2026-11-26T00:00:00.000Z'],
    ['8w', '2027-01-20T12:00:00.000Z'],
    ['2027-01-31', '2027-01-31T00:00:00.000Z'],
    ['2027-01-31T10:00:00+02:00', '2027-01-31T08:00:00.000Z'],
  ])('the expiry %s is %s', (text, expected) => {
    expect(new Date(expiryOf(text, nowMs)).toISOString()).toBe(expected);
  });

  test.each(['0d', '30', '30m', '1.5d', 'soon', '2027-02-30', '2027-13-01', '2026-11-24', '99999999d'])(
    'the expiry %s is rejected',
    (text) => {
      expect(() => expiryOf(text, nowMs)).toThrow(/--expires/);
    },
  );
});
