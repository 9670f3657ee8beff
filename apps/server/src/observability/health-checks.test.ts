import type { RunProgram } from '@mcp/health';
import { expect, test, vi } from 'vitest';

import { healthChecks } from './health-checks.ts';

const HEALTH = {
  checkInterval: 30,
  cpuThreshold: 80,
  memoryThreshold: 80,
  diskThreshold: 80,
  timeout: 10,
} as const;

test('a command dependency is run by the given runner, not by this process', async () => {
  const runProgram = vi.fn<RunProgram>(() => Promise.resolve({ exitCode: 0, signal: null }));
  const dependency = {
    type: 'command',
    name: 'raid',
    priority: 'critical',
    command: 'mdadm',
    args: ['--test'],
  } as const;
  const check = healthChecks({ health: { ...HEALTH, dependencies: [dependency] } }, runProgram).find(
    ({ name }) => name === 'dependency_raid',
  );
  const { signal } = new AbortController();
  expect(await check?.run({ signal })).toMatchObject({ status: 'healthy' });
  expect(runProgram).toHaveBeenCalledWith(
    expect.objectContaining({ command: 'mdadm', args: ['--test'] }),
    expect.objectContaining({ signal }),
  );
});
