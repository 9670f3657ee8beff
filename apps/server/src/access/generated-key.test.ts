import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { GeneratedKeyError, loadOrCreateGeneratedKey } from './generated-key.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'generated-key-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const load = (env: Record<string, string> = {}): ReturnType<typeof loadOrCreateGeneratedKey> =>
  loadOrCreateGeneratedKey({ env, home });
const file = (): string => join(home, '.config/mcp-server/api-key');

test('the first start creates the key, and later starts read it', () => {
  const first = load();
  expect(first).toMatchObject({ created: true, file: file() });
  expect(first.key).toMatch(/^mcp_[A-Za-z0-9_-]{43}$/);
  expect(load()).toEqual({ ...first, created: false });
});

test('only the owner can read the key file, and no other file is left', () => {
  load();
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(statSync(join(home, '.config/mcp-server')).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(home, '.config/mcp-server'))).toEqual(['api-key']);
});

test('XDG_CONFIG_HOME is used when it is absolute', () => {
  expect(load({ XDG_CONFIG_HOME: join(home, 'xdg') }).file).toBe(join(home, 'xdg/mcp-server/api-key'));
  expect(load({ XDG_CONFIG_HOME: 'relative' }).file).toBe(file());
});

describe('an error names the fix when the key file', () => {
  test('is readable by others', () => {
    load();
    chmodSync(file(), 0o640);
    expect(() => load()).toThrow(/chmod 600/);
  });

  test('is a symbolic link', () => {
    load();
    rmSync(file());
    const elsewhere = join(home, 'elsewhere');
    writeFileSync(elsewhere, `mcp_${'a'.repeat(43)}\n`, { mode: 0o600 });
    symlinkSync(elsewhere, file());
    expect(() => load()).toThrow(GeneratedKeyError);
  });

  test('is a folder', () => {
    mkdirSync(file(), { recursive: true });
    expect(() => load()).toThrow(/regular file/);
  });

  test.each(['', 'mcp_short\n', 'x'.repeat(5000)])(
    'has other content (%.12j), which the error does not repeat',
    (content) => {
      load();
      writeFileSync(file(), content);
      expect(() => load()).toThrow(/contains no key of this server: delete the file/);
      expect(readFileSync(file(), 'utf8')).toBe(content);
    },
  );

  test('cannot be created', () => {
    writeFileSync(join(home, '.config'), 'a file where a folder should be');
    expect(() => load()).toThrow(/set MCP_SECURITY_API_KEY/);
  });
});

test('on Windows the mode of the file says nothing', () => {
  const { key } = load();
  chmodSync(file(), 0o666);
  expect(() => load()).toThrow(GeneratedKeyError);
  vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
  expect(load().key).toBe(key);
});
