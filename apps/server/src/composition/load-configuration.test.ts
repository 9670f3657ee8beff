import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { configurationFile } from './load-configuration.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'configuration-'));
  vi.stubEnv('MCP_CONFIG_FILE', undefined);
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test('the file that the command line names is read before any other', () => {
  vi.stubEnv('MCP_CONFIG_FILE', 'from-environment.yaml');
  expect(configurationFile({ config: 'named.yaml' })).toBe('named.yaml');
  expect(configurationFile({})).toBe('from-environment.yaml');
});

test('without a name, mcp-server.yaml of the working directory is read if it exists', () => {
  expect(configurationFile({})).toBeUndefined();
  writeFileSync(join(folder, 'mcp-server.yaml'), '{}');
  expect(configurationFile({})).toBe(join(folder, 'mcp-server.yaml'));
});
