import { monitorEventLoopDelay } from 'node:perf_hooks';
import { optionsWithDefaults } from '../check-definition.ts';
import type { CheckDefinition, CheckOptions } from '../check-definition.ts';
import { within } from './threshold.ts';

/** The part of a `perf_hooks` histogram that is used: event-loop delay since `reset()` in nanoseconds, including the sampling interval. */
export interface DelayHistogram {
  enable(): void;
  disable(): void;
  reset(): void;
  percentile(percent: number): number;
  readonly max: number;
  readonly count: number;
}

export interface EventLoopCheckOptions extends CheckOptions {
  /** Above this p99 lag in milliseconds the check is degraded, 1 to 60 000. @default 100 */
  readonly thresholdMs?: number | undefined;
  /** Above this p99 lag in milliseconds it is unhealthy, `thresholdMs` to 600 000. @default never */
  readonly unhealthyMs?: number | undefined;
  /** @default a histogram of `perf_hooks`, sampled every 20 ms from the first run until disposal */
  readonly histogram?: DelayHistogram | undefined;
}

const RESOLUTION_MS = 20;

function lagMs(nanoseconds: number): number {
  return Math.max(0, Math.round(nanoseconds / 1e5) / 10 - RESOLUTION_MS);
}

/**
 * The 99th percentile of the event-loop lag since the previous run. The first run starts the measurement.
 * @throws {RangeError} when a threshold is out of range
 */
export function eventLoopCheck(options: EventLoopCheckOptions = {}): CheckDefinition {
  const thresholdMs = within('eventLoopCheck', 'thresholdMs', options.thresholdMs ?? 100, 1, 60_000);
  const unhealthyMs =
    options.unhealthyMs === undefined
      ? Infinity
      : within('eventLoopCheck', 'unhealthyMs', options.unhealthyMs, thresholdMs, 600_000);
  let histogram = options.histogram;
  return {
    ...optionsWithDefaults(options, { name: 'event-loop', priority: 'important', groups: ['live', 'ready'] }),
    measurement: 'lag',
    componentType: 'system',
    run() {
      histogram ??= monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      histogram.enable();
      const sampled = histogram.count > 0;
      const p99Ms = sampled ? lagMs(histogram.percentile(99)) : 0;
      const maxMs = sampled ? lagMs(histogram.max) : 0;
      histogram.reset();
      const status = p99Ms > unhealthyMs ? 'unhealthy' : p99Ms > thresholdMs ? 'degraded' : 'healthy';
      return {
        status,
        message: sampled ? `event-loop lag p99 ${p99Ms} ms, max ${maxMs} ms` : 'measurement has started',
        observedValue: sampled ? p99Ms : undefined,
        observedUnit: 'ms',
        source: 'node:perf_hooks',
        metadata: sampled ? { p99Ms, maxMs } : undefined,
      };
    },
    [Symbol.dispose]: () => histogram?.disable(),
  };
}
