import { defineTool, Tool, ToolRegistry } from '@mcp/tool-base';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { expect, test } from 'vitest';

import { MemoryEventBus } from '../observability/events/memory-event-bus.ts';
import type { ServerEvent } from '../observability/events/server-events.ts';
import { watchRegistry, type Observers } from './observers.ts';

const ignored = (): Disposable => ({ [Symbol.dispose]: () => undefined });

test('an event of a breaker has the name of the tool, the state and whether an operator forced it', () => {
  const events = new MemoryEventBus();
  const published: ServerEvent[] = [];
  events.subscribe((event) => published.push(event));
  const health = { add: ignored };
  const registry = new ToolRegistry();
  const observers: unknown = {
    measurements: { tools: { declare: () => undefined }, breakers: { watch: ignored } },
    notifier: { toolsChanged: () => undefined, resourceUpdated: () => undefined },
    health,
    checkTiming: { intervalMs: 1000, timeoutMs: 1000 },
    events,
  };
  using _ = watchRegistry(registry, observers as Observers);
  const tool = new Tool(
    defineTool({
      name: 'ping',
      description: 'Pings.',
      input: toStandardJsonSchema(v.strictObject({})),
      run: () => 'pong',
    }),
  );
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
