import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { ApiKeys } from './api-keys.ts';
import { defaultKeyStore, digestOf, KeyStoreError, readKeyStore, type StoredKey } from './key-store.ts';
import { watchKeyStore } from './key-store-watch.ts';
import { changeKeyStore, createKey } from './write-key-store.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'key-store-'));
  file = join(folder, 'new', 'keys.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const entry = (name: string, hash = createKey().hash): StoredKey => ({
  name,
  hash,
  scopes: ['tools:read'],
  createdAt: '2026-11-25T12:00:00.000Z',
});

describe('the key store', () => {
  test('is in the configuration folder of the user', () => {
    expect(defaultKeyStore({ env: {}, home: '/home/ann' })).toBe('/home/ann/.config/mcp-server/keys.json');
    expect(defaultKeyStore({ env: { XDG_CONFIG_HOME: '/etc/xdg' } })).toBe('/etc/xdg/mcp-server/keys.json');
  });

  test('is empty when there is no file', () => {
    expect(readKeyStore(file)).toEqual([]);
  });

  test('is written for its owner only, and read again as it was', () => {
    changeKeyStore(file, (keys) => [...keys, entry('ci')]);
    changeKeyStore(file, (keys) => [...keys, entry('ops')]);
    expect(readKeyStore(file).map(({ name }) => name)).toEqual(['ci', 'ops']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'new'))).toEqual(['keys.json']);
  });

  test('keeps the mode that an operator gave it, so that a server of another user still reads it', () => {
    changeKeyStore(file, () => [entry('ci')]);
    for (const mode of [0o644, 0o640]) {
      chmodSync(file, mode);
      changeKeyStore(file, (keys) => keys);
      expect(statSync(file).mode & 0o777).toBe(mode);
    }
  });

  test.skipIf(process.getuid?.() !== 0)('keeps its owner and group in a folder of root', () => {
    changeKeyStore(file, () => [entry('ci')]);
    chownSync(file, 0, 65_534);
    changeKeyStore(file, (keys) => keys);
    expect(statSync(file)).toMatchObject({ uid: 0, gid: 65_534 });
  });

  test('never contains a key, only its digest, by which the server finds it', () => {
    const { key, hash } = createKey();
    changeKeyStore(file, () => [entry('ci', hash)]);
    expect(readFileSync(file, 'utf8')).not.toContain(key);
    const [stored] = readKeyStore(file);
    const keys = new ApiKeys([{ name: 'ci', scopes: ['tools:read'], digest: digestOf(stored!) }]);
    expect(keys.find(key)).toMatchObject({ name: 'ci', scopes: ['tools:read'] });
    expect(keys.find(hash)).toBeUndefined();
  });

  test('is not changed by two commands at once', () => {
    changeKeyStore(file, () => [entry('ci')]);
    changeKeyStore(file, (keys) => {
      expect(() => changeKeyStore(file, () => [])).toThrow(/Another mcp-server keys command/);
      return keys;
    });
    expect(readKeyStore(file)).toHaveLength(1);
  });

  test('keeps its content when a change fails', () => {
    changeKeyStore(file, () => [entry('ci')]);
    expect(() =>
      changeKeyStore(file, () => {
        throw new KeyStoreError('no');
      }),
    ).toThrow('no');
    expect(readKeyStore(file)).toHaveLength(1);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  test('cannot be written below a file', () => {
    expect(() => changeKeyStore('/dev/null/keys.json', () => [])).toThrow(/cannot be written \(E\w+\).*keyStore/);
  });

  test.each([
    ['is not JSON', '{', /is not JSON/],
    [
      'has a key without a hash',
      JSON.stringify({ keys: [{ ...entry('ci'), hash: 'abc' }] }),
      /invalid at keys\.0\.hash/,
    ],
    ['has an unknown scope', JSON.stringify({ keys: [{ ...entry('ci'), scopes: ['root'] }] }), /invalid at keys\.0/],
    ['has no keys', '[]', /invalid at its top level|invalid at keys/],
  ])('is rejected when it %s', (_, text, message) => {
    writeFileSync(join(folder, 'keys.json'), text, { mode: 0o600 });
    expect(() => readKeyStore(join(folder, 'keys.json'))).toThrow(message);
    expect(() => readKeyStore(join(folder, 'keys.json'))).toThrow(KeyStoreError);
  });

  test('is rejected when others may change it', () => {
    changeKeyStore(file, () => [entry('ci')]);
    chmodSync(file, 0o620);
    expect(() => readKeyStore(file)).toThrow(/chmod 600/);
  });
});

test('a changed, replaced or deleted key store is noticed within a second', () => {
  const clock = new ManualClock();
  let changes = 0;
  using _ = watchKeyStore({ file: () => file, onChanged: () => (changes += 1), clock });
  clock.advance(5000);
  expect(changes).toBe(0);
  changeKeyStore(file, () => [entry('ci')]);
  clock.advance(1000);
  expect(changes).toBe(1);
  changeKeyStore(file, () => [entry('ci')]);
  clock.advance(1000);
  expect(changes).toBe(2);
  rmSync(file);
  clock.advance(2000);
  expect(changes).toBe(3);
});

test('a key is valid until its expiry', () => {
  const clock = new ManualClock(1000);
  const { key, hash } = createKey();
  const keys = new ApiKeys(
    [{ name: 'ci', scopes: ['tools:read'], digest: digestOf({ hash }), expiresAtMs: 2000 }],
    undefined,
    clock,
  );
  const principal = keys.find(key)!;
  expect(keys.has(principal)).toBe(true);
  expect(keys.expiresAtMs(principal)).toBe(2000);
  clock.stepEpoch(1000);
  expect(keys.find(key)).toBeUndefined();
  expect(keys.has(principal)).toBe(false);
});

test('on Windows the mode of the file says nothing', () => {
  changeKeyStore(file, (keys) => [...keys, entry('one')]);
  chmodSync(file, 0o666);
  expect(() => readKeyStore(file)).toThrow(/may be changed by other users/);
  vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
  expect(readKeyStore(file).map(({ name }) => name)).toEqual(['one']);
});
