import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FamilyDefinition, FamilySource } from '../exposition/metric-family.ts';
import type { Sample } from '../exposition/sample.ts';

/** Delay of the event loop in milliseconds since monitoring started. */
export interface EventLoopDelayStatistics {
  meanMs: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

const NS_PER_MS = 1e6;

/** The delay of the event loop from Node's own histogram, which samples continuously: a scrape does not measure itself. */
export class EventLoopDelay implements FamilySource, Disposable {
  static readonly definition: FamilyDefinition = {
    name: 'mcp_system_event_loop_delay_seconds',
    help: 'Delay of the event loop, sampled every 20 ms since start: mean, p50, p99 and max.',
    type: 'gauge',
    labelNames: ['stat'],
    aggregator: 'max',
  };

  readonly #histogram = monitorEventLoopDelay({ resolution: 20 });

  start(): void {
    this.#histogram.enable();
  }

  statistics(): EventLoopDelayStatistics {
    const histogram = this.#histogram;
    return {
      meanMs: milliseconds(histogram.mean),
      p50Ms: milliseconds(histogram.percentile(50)),
      p99Ms: milliseconds(histogram.percentile(99)),
      maxMs: milliseconds(histogram.max),
    };
  }

  samples(): Sample[] {
    const { meanMs, p50Ms, p99Ms, maxMs } = this.statistics();
    return Object.entries({ mean: meanMs, p50: p50Ms, p99: p99Ms, max: maxMs }).map(([stat, ms]) => ({
      labels: { stat },
      value: ms / 1000,
    }));
  }

  [Symbol.dispose](): void {
    this.#histogram.disable();
  }
}

/** The mean of an empty histogram is NaN. */
function milliseconds(nanoseconds: number): number {
  return Number.isFinite(nanoseconds) ? nanoseconds / NS_PER_MS : 0;
}
