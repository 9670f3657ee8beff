import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { BreakerMetrics } from './breaker-metrics.ts';
import { SystemMetrics } from './system-metrics.ts';
import { ToolMetrics } from './tool-metrics.ts';

describe('the exposition', () => {
  it('says what the registry itself would say', async () => {
    const registry = new Registry();
    const metrics = new ToolMetrics({ registry });
    const system = new SystemMetrics({ registry });
    const breakers = new BreakerMetrics({ registry });
    metrics.declare('ping');
    metrics.start('ping').end({ status: 'success', durationMs: 20, traceId: 'a'.repeat(32) });
    metrics.start('ping').end({ status: 'timeout', durationMs: 20000 });
    metrics.start('nope').end({ status: 'failure', errorType: 'free text' });
    system.requestStarted().end(false);
    breakers.watch({
      name: 'ping',
      state: 'open',
      stats: () => ({ totals: { success: 1, failure: 2, rejected: 3, ignored: 4 } }),
      on: () => ({ [Symbol.dispose]: () => undefined }),
    });
    const { body } = await metrics.exposition();
    const own = body
      .replaceAll(/\n+/g, '\n')
      .split('\n')
      .filter((l) => !/scrape_seconds|uptime/.test(l))
      .sort();
    const theirs = (await registry.metrics())
      .split('\n')
      .filter((l) => !/scrape_seconds|uptime/.test(l) && l !== '')
      .sort();
    expect(own.filter((l) => l !== '')).toEqual(theirs);
  });
});
