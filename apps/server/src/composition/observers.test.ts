import { HealthMonitor } from '@mcp/health';
import { defineTool, Tool, ToolRegistry } from '@mcp/tool-base';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { expect, test } from 'vitest';

import { MemoryEventBus } from '../observability/events/memory-event-bus.ts';
import type { ServerEvent } from '../observability/events/server-events.ts';
import { watchHealth, watchRegistry, type Observers } from './observers.ts';

const ignored = (): Disposable => ({ [Symbol.dispose]: () => undefined });

function observersWith(health: HealthMonitor, events: MemoryEventBus): Observers {
  const observers: unknown = {
    measurements: { tools: { declare: () => undefined }, breakers: { watch: ignored } },
    notifier: { toolsChanged: () => undefined, resourceUpdated: () => undefined },
    health,
    checkTiming: { periodMs: 60_000, timeoutMs: 1000 },
    events,
  };
  return observers as Observers;
}

function pingTool(): Tool {
  return new Tool(
    defineTool({
      name: 'ping',
      description: 'Pings.',
      input: toStandardJsonSchema(v.strictObject({})),
      run: () => 'pong',
    }),
  );
}

test('an event of a breaker has the name of the tool, the state and whether an operator forced it', async () => {
  const events = new MemoryEventBus();
  const published: ServerEvent[] = [];
  events.subscribe((event) => published.push(event));
  await using health = new HealthMonitor();
  const registry = new ToolRegistry();
  using _ = watchRegistry(registry, observersWith(health, events));
  const tool = pingTool();
  registry.add(tool);
  for (const breaker of tool.breakers) {
    breaker.forceOpen('by ops');
    breaker.reset('by ops');
  }
  expect(published.filter(({ type }) => type === 'breaker.changed').map(({ data }) => data)).toMatchObject([
    { tool: 'ping', breaker: 'ping', from: 'closed', to: 'open', reason: 'by ops', forced: 'open' },
    { tool: 'ping', breaker: 'ping', from: 'open', to: 'closed', reason: 'by ops', forced: null },
  ]);
});

test('health shows the circuit breaker of a tool as soon as it opens, and the overall status stays', async () => {
  await using health = new HealthMonitor();
  const registry = new ToolRegistry();
  using _ = watchRegistry(registry, observersWith(health, new MemoryEventBus()));
  const tool = pingTool();
  registry.add(tool);
  await health.refresh();
  const changes: string[] = [];
  const changed = Promise.withResolvers<void>();
  health.on('changed', ({ check }) => {
    changes.push(`${check?.name} ${check?.status}`);
    changed.resolve();
  });
  for (const breaker of tool.breakers) breaker.forceOpen('by ops');
  await changed.promise;
  expect(changes).toEqual(['breaker_ping unhealthy']);
  expect(health.report().status).toBe('healthy');
  expect(health.report().checks.find(({ name }) => name === 'breaker_ping')).toMatchObject({
    priority: 'informational',
    observedValue: 'open',
  });
});

test('the start of a healthy server is no change of health; what is wrong after the first checks is one', async () => {
  const events = new MemoryEventBus();
  const published: unknown[] = [];
  events.subscribe(({ type, data }) => published.push([type, data]));
  const notifier = { resourceUpdated: () => undefined } as unknown as Observers['notifier'];
  let slowStatus: 'healthy' | 'unhealthy' = 'healthy';
  await using health = new HealthMonitor({
    checks: [
      { name: 'fast', priority: 'critical', run: () => ({ status: 'healthy' }) },
      { name: 'slow', priority: 'critical', run: () => ({ status: slowStatus }) },
    ],
  });
  using _ = watchHealth(health, { events, notifier });
  await health.refresh('fast');
  await health.refresh('slow');
  expect(published).toEqual([]);
  slowStatus = 'unhealthy';
  await health.refresh('slow');
  await health.refresh('slow');
  await health.refresh('slow');
  expect(published).toEqual([['health.changed', { from: 'healthy', to: 'unhealthy' }]]);
});
