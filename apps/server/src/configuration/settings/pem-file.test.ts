import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { readPemFile } from './pem-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-pem-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['-----BEGIN CERTIFICATE-----\nAA==', 'any', true],
  ['-----BEGIN CERTIFICATE-----\nAA==', 'certificate', true],
  ['Comment\n-----BEGIN TRUSTED CERTIFICATE-----', 'certificate', true],
  ['-----BEGIN EC PRIVATE KEY-----', 'any', true],
  ['-----BEGIN EC PRIVATE KEY-----', 'certificate', false],
  ['0\u0082\u0004', 'any', false],
  ['', 'any', false],
] as const)('%j is read as %s: %s', (text, kind, isRead) => {
  const file = join(folder, 'file.pem');
  writeFileSync(file, text);
  expect(readPemFile(file, kind)).toBe(isRead ? text : undefined);
});

test.each(['missing.pem', '.'])('%s cannot be read', (name) => {
  expect(readPemFile(join(folder, name))).toBeUndefined();
});
