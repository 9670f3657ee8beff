// Signals to processes by their number are sent in few places, each of which refuses what could reach others.
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('processes are signalled by number in these files alone', () => {
  const senders = globSync('{packages,apps}/*/src/**/*.ts')
    .filter((file) => !/\.test\.ts$|\/test-support\//u.test(file))
    .filter((file) => /\bprocess\.kill\(/u.test(readFileSync(file, 'utf8').replaceAll('worker.process.kill(', '')))
    .sort();
  expect(senders).toEqual([
    // Itself.
    'apps/server/src/cli/hang-up.ts',
    'packages/health/src/programs/process-group.ts',
    'packages/tool-base/src/launcher/processes/orphan-programs.ts',
    'packages/tool-base/src/launcher/processes/own-processes.ts',
    'packages/tool-base/src/launcher/processes/process-group.ts',
    'packages/tool-base/src/launcher/processes/stray-programs.ts',
    'packages/tool-base/src/sandbox/self-test.ts',
  ]);
});

test('tests that start processes refuse to signal all of them', () => {
  for (const place of ['e2e', 'deploy', 'packages/tool-base', 'packages/health', 'apps/server']) {
    expect(readFileSync(`${place}/vitest.config.ts`, 'utf8')).toContain('scripts/test-setup/refuse-broad-signals.ts');
  }
  for (const pid of [0, 1, -1, Number.NaN]) expect(() => process.kill(pid, 'SIGKILL')).toThrow(RangeError);
  expect(process.kill(process.pid, 0)).toBe(true);
});
