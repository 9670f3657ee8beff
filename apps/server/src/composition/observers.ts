/** Connects tools and breakers to metrics, events and health. Tools and breakers know none of them. */
import type { CircuitBreaker } from '@mcp/circuit-breaker';
import type { HealthMonitor } from '@mcp/health';
import { toolCheck } from '@mcp/health';
import type { RegistryChange, Tool, ToolRegistry } from '@mcp/tool-base';

import { Disposables } from '../foundation/disposables.ts';
import type { CheckTiming } from '../configuration/settings/milliseconds.ts';
import { breakerCheckName, toolBreakerCheck, toolCheckName } from '../observability/health-checks.ts';
import type { EventBus } from '../observability/events/event-bus.ts';
import type { ChangeNotifier } from '../transports/mcp/sdk/connection/change-notifier.ts';
import type { Measurements } from '../observability/metrics/measurements.ts';

export interface Observers {
  readonly measurements: Measurements;
  readonly health: HealthMonitor;
  readonly checkTiming: CheckTiming;
  readonly events: EventBus;
  readonly notifier: ChangeNotifier;
  /** The name of the health check that stands for those of a tool and of others; undefined for a tool with its own. */
  readonly commonCheckOf?: ((tool: Tool) => string | undefined) | undefined;
}

/** Observes every tool in the registry, now and later. Disposing stops all observers. */
export function watchRegistry(registry: ToolRegistry, observers: Observers): Disposable {
  const watched = new Map<string, Disposable>();
  const follow = (name: string): void => {
    watched.get(name)?.[Symbol.dispose]();
    watched.delete(name);
    const tool = registry.get(name);
    if (tool) watched.set(name, watchTool(tool, observers));
  };
  const onChange = ({ type, name }: RegistryChange): void => {
    if (type === 'added' || type === 'replaced' || type === 'removed') follow(name);
    if (type === 'removed') observers.measurements.tools.forget(name);
    observers.events.publish('tool.changed', { tool: name, change: type });
  };
  const subscription = registry.on('changed', onChange);
  const settled = registry.onSettled(() => observers.notifier.toolsChanged());
  return {
    [Symbol.dispose]() {
      subscription[Symbol.dispose]();
      settled[Symbol.dispose]();
      for (const watching of watched.values()) watching[Symbol.dispose]();
    },
  };
}

function watchTool(tool: Tool, observers: Observers): Disposable {
  const { measurements, health, events, notifier } = observers;
  const commonCheck = observers.commonCheckOf?.(tool);
  const watching = new Disposables();
  const byBreaker = new Map<CircuitBreaker, Disposable>();
  const watchBreaker = (breaker: CircuitBreaker): void => {
    const watch = new Disposables();
    watch.use(measurements.breakers.watch(breaker));
    watch.use(
      breaker.on('transition', ({ from, to, reason, retryAfterMs }) => {
        events.publish('breaker.changed', {
          tool: tool.name,
          breaker: breaker.name,
          from,
          to,
          reason,
          retryAfterMs,
          forced: breaker.forced ?? null,
        });
        notifier.resourceUpdated(`mcp://tools/${tool.name}`);
        void health.refresh(commonCheck ?? breakerCheckName(tool.name));
      }),
    );
    byBreaker.set(breaker, watch);
  };
  measurements.tools.declare(tool.name);
  for (const breaker of tool.breakers) watchBreaker(breaker);
  watching.use(tool.breakers.on('added', watchBreaker));
  watching.use(
    tool.breakers.on('removed', (breaker) => {
      byBreaker.get(breaker)?.[Symbol.dispose]();
      byBreaker.delete(breaker);
    }),
  );
  if (commonCheck === undefined) watching.use(addChecks(tool, observers));
  watching.defer(() => {
    for (const watch of byBreaker.values()) watch[Symbol.dispose]();
  });
  return watching;
}

function addChecks(tool: Tool, { health, checkTiming }: Observers): Disposable {
  const checks = new Disposables();
  checks.use(
    health.add(
      toolCheck({
        ...checkTiming,
        name: toolCheckName(tool.name),
        available: () => tool.available(),
        enabled: () => tool.enabled,
      }),
    ),
  );
  checks.use(health.add(toolBreakerCheck(tool.name, tool.breakers, checkTiming)));
  return checks;
}

/**
 * Publishes an event when the overall status changes, and a resource update when any check does. Until every check has run once
 * the overall status says nothing yet, so a server that starts healthy publishes no event.
 */
export function watchHealth(
  health: HealthMonitor,
  { events, notifier }: Pick<Observers, 'events' | 'notifier'>,
): Disposable {
  let isStarting = true;
  let published: string = 'healthy';
  return health.on('changed', ({ status }) => {
    isStarting = isStarting && !health.hasRunAll;
    if (!isStarting && status !== published) {
      events.publish('health.changed', { from: published, to: status });
      published = status;
    }
    notifier.resourceUpdated('mcp://health');
  });
}
