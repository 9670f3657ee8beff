import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, expect, test } from 'vitest';

const unit = readFileSync(new URL('systemd/mcp-server.service', import.meta.url), 'utf8');
// Not an npm package: see WITHOUT.
const ANALYZE = 'systemd-analyze';
const installed = spawnSync(ANALYZE, ['--version']).status === 0;
const WITHOUT = installed ? '' : ' (SKIPPED: systemd-analyze is not installed; Debian has it in the package systemd)';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'systemd-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test.skipIf(!installed)(`systemd accepts the unit and the drop-in that the server prints${WITHOUT}`, () => {
  const file = join(folder, 'mcp-server.service');
  // The program is not where the unit expects it on a machine that only tests.
  writeFileSync(file, unit.replace('/opt/mcp-server/bin/mcp-server', process.execPath) + addressRules());
  expect(spawnSync(ANALYZE, ['verify', file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
});

test.skipIf(!installed)(`systemd rates the exposure of the unit below 2 of 10${WITHOUT}`, () => {
  const file = join(folder, 'mcp-server.service');
  writeFileSync(file, unit);
  const { stdout } = spawnSync(ANALYZE, ['security', '--offline=true', '--no-pager', file], { encoding: 'utf8' });
  const exposure = /exposure level for mcp-server\.service: (?<level>[\d.]+)/u.exec(stdout)?.groups?.['level'];
  expect(Number(exposure)).toBeLessThan(2);
});

test('no address is reachable without the drop-in', () => {
  expect(settings(unit, 'IPAddressDeny')).toEqual(['any']);
  expect(settings(unit, 'IPAddressAllow')).toEqual(['localhost']);
});

test('the printed rules contain the target policy of the configuration', () => {
  expect(settings(addressRules(), 'IPAddressAllow')).toContain('10.20.0.0/16 203.0.113.7');
});

test('the key is a systemd credential and is in no file of the unit', () => {
  expect(settings(unit, 'LoadCredential')).toEqual(['key:/etc/mcp-server/key']);
  expect(unit).toContain('MCP_SECURITY_API_KEY_FILE=%d/key');
});

test('the stop timeout is longer than drain delay and grace period of running calls together', () => {
  expect(Number(settings(unit, 'TimeoutStopSec')[0])).toBeGreaterThan(5 + 30 + 5);
});

/** What `mcp-server systemd` prints for a configuration. */
function addressRules(): string {
  const manifest = fileURLToPath(import.meta.resolve('@mcp/server/package.json'));
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: Record<string, string> };
  const file = join(folder, 'mcp-server.yaml');
  writeFileSync(file, 'security: { allowedTargets: [10.20.0.0/16, 203.0.113.7, .lab.internal] }\n', { mode: 0o600 });
  const program = resolve(dirname(manifest), bin['mcp-server'] ?? '');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'systemd', '--config', file], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

function settings(text: string, key: string): string[] {
  return text.split('\n').flatMap((line) => (line.startsWith(`${key}=`) ? [line.slice(key.length + 1)] : []));
}
