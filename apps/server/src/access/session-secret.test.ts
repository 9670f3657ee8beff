import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { loadSessionSecret } from './session-secret.ts';

let home: string;
const load = (): ReturnType<typeof loadSessionSecret> => loadSessionSecret({ env: {}, home });
const file = (): string => join(home, '.config/mcp-server/session-secret');
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'session-secret-'));
});
afterEach(() => rmSync(home, { recursive: true }));

test('the secret is created once, for the owner only, and found again', () => {
  const first = load();
  expect(first.secret).toHaveLength(32);
  expect(load()).toEqual(first);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(home, '.config/mcp-server'))).toEqual(['session-secret']);
});

test('a file that others can read is not used: the secret is in memory', () => {
  const first = load();
  chmodSync(file(), 0o644);
  const second = load();
  expect(second.problem).toEqual({ reason: 'exposed', file: file() });
  expect(second.secret).not.toEqual(first.secret);
  expect(load().secret).not.toEqual(second.secret);
});

test('a file that holds something else is not used', () => {
  load();
  writeFileSync(file(), 'too short\n');
  expect(load().problem?.reason).toBe('invalid');
});

test('a home that is not a folder gives a secret in memory', () => {
  writeFileSync(join(home, '.config'), '');
  expect(load()).toMatchObject({ problem: { reason: 'unavailable' } });
});
