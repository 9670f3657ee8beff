import { HealthMonitor, type ObservedBreaker, type RunProgram } from '@mcp/health';
import { expect, test, vi } from 'vitest';

import type { Principal } from '../access/principal.ts';
import { breakerCheckName, healthChecks, toolBreakerCheck, toolCheckName, visibleTo } from './health-checks.ts';

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

test('the check of the circuit breakers of a tool shows the worst of them at the time of the run', async () => {
  const breakers: ObservedBreaker[] = [];
  const check = toolBreakerCheck('ping', breakers, { periodMs: 1000, timeoutMs: 100 });
  const { signal } = new AbortController();
  expect(await check.run({ signal })).toMatchObject({ status: 'healthy', observedValue: 'closed' });
  breakers.push({ state: 'half_open', retryAfterMs: 0 }, { state: 'closed', retryAfterMs: 0 });
  expect(await check.run({ signal })).toMatchObject({ status: 'degraded', observedValue: 'half_open' });
  breakers.push({ state: 'open', retryAfterMs: 500 });
  expect(await check.run({ signal })).toMatchObject({ status: 'unhealthy', metadata: { retryAfterMs: 500 } });
});

test('a reader sees the checks of the tools and breakers that it may see, and all others', () => {
  const names = ['cpu', toolCheckName('ping'), toolCheckName('dig'), breakerCheckName('ping'), breakerCheckName('dig')];
  const monitor = new HealthMonitor({
    checks: names.map((name) => ({ name, priority: 'informational', run: () => ({ status: 'healthy' }) })),
  });
  const reader: Principal = { name: 'agent', scopes: ['tools:call:ping'] };
  expect(visibleTo(reader, monitor.report()).checks.map(({ name }) => name)).toEqual([
    'cpu',
    'tool_ping',
    'breaker_ping',
  ]);
});
