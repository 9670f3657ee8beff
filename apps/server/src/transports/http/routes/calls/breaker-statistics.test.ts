import { CircuitBreaker } from '@mcp/circuit-breaker';
import type { Tool } from '@mcp/tool-base';
import { expect, test } from 'vitest';
import { breakerStatistics } from './breaker-statistics.ts';

function toolWith(...breakers: CircuitBreaker[]): Tool {
  return { breakers } as unknown as Tool;
}

function failed(name = 'ping'): CircuitBreaker {
  const clock = { monotonicMs: () => 0, epochMs: () => 5000 };
  const breaker = new CircuitBreaker({ name, failureThreshold: 1, jitter: 0, clock });
  breaker.acquire().failure({ name: 'timeout', message: 'The tool timed out and was stopped.' });
  return breaker;
}

test('an administrator sees state, counts and the last errors', () => {
  expect(breakerStatistics(toolWith(failed()), { name: 'ops', scopes: ['tools:read', 'admin'] })).toMatchObject([
    {
      name: 'ping',
      state: 'open',
      retryAfterMs: 60_000,
      recoveryTimeoutMs: 60_000,
      totals: { calls: 1, failure: 1 },
      failureReasons: { timeout: 1 },
      recentErrors: [{ name: 'timeout', message: 'The tool timed out and was stopped.', at: 5000 }],
    },
  ]);
});

test('a principal without the scope admin sees no message', () => {
  const [statistics] = breakerStatistics(toolWith(failed()), { name: 'grafana', scopes: ['tools:read'] });
  expect(statistics?.recentErrors).toEqual([{ name: 'timeout', at: 5000 }]);
  expect(JSON.stringify(statistics)).not.toContain('timed out');
});

test('of many targets the 20 most recently used are listed', () => {
  const breakers = Array.from({ length: 30 }, (_, n) => failed(`ping@host-${n}`));
  const listed = breakerStatistics(toolWith(...breakers), { name: 'ops', scopes: ['admin'] });
  expect(listed.map(({ name }) => name)).toEqual(breakers.slice(10).map(({ name }) => name));
});
