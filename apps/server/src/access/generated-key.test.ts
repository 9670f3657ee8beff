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
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GeneratedKeyError, generatedKeyNotice, loadOrCreateGeneratedKey } from './generated-key.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'generated-key-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const load = (env: Record<string, string> = {}): ReturnType<typeof loadOrCreateGeneratedKey> =>
  loadOrCreateGeneratedKey({ env, home });
const file = (): string => join(home, '.config/mcp-server/api-key');

test('makes a key on the first start and finds it on every later one', () => {
  const first = load();
  expect(first).toMatchObject({ created: true, file: file() });
  expect(first.key).toMatch(/^mcp_[A-Za-z0-9_-]{43}$/);
  expect(load()).toEqual({ ...first, created: false });
});

test('keeps it where only the owner can read it, and leaves nothing else behind', () => {
  load();
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(statSync(join(home, '.config/mcp-server')).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(home, '.config/mcp-server'))).toEqual(['api-key']);
});

test('follows XDG_CONFIG_HOME when it is absolute', () => {
  expect(load({ XDG_CONFIG_HOME: join(home, 'xdg') }).file).toBe(join(home, 'xdg/mcp-server/api-key'));
  expect(load({ XDG_CONFIG_HOME: 'relative' }).file).toBe(file());
});

test('shows the key once and later says where it is', () => {
  const first = load();
  expect(generatedKeyNotice(first)).toContain(first.key);
  const later = generatedKeyNotice(load());
  expect(later).toContain(file());
  expect(later).not.toContain(first.key);
});

describe('refuses, and says what to do, when the key file', () => {
  test('can be read by others', () => {
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
    'holds something else (%.12j), which it does not repeat',
    (content) => {
      load();
      writeFileSync(file(), content);
      expect(() => load()).toThrow(/holds no key of this server: delete it/);
      expect(readFileSync(file(), 'utf8')).toBe(content);
    },
  );

  test('cannot be made', () => {
    writeFileSync(join(home, '.config'), 'a file where a folder should be');
    expect(() => load()).toThrow(/set MCP_SECURITY_API_KEY/);
  });
});
