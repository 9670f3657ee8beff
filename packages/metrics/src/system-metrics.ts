import { checkClock, type Clock, systemClock } from './clock.ts';
import { EventLoopDelay, type EventLoopDelayStatistics } from './event-loop-delay.ts';
import { attachAll, detachAll, type MetricType, type SourcedFamily } from './metric-family.ts';
import { checkRegistry, MetricRegistry, type PrometheusRegistry } from './registry.ts';

export interface SystemMetricsOptions {
  /** Give it the registry that ToolMetrics has, so that one exposition serves both. @default one of our own */
  registry?: PrometheusRegistry | undefined;
  /** Also watch how late the event loop runs. Costs a timer in Node's native code every 20 ms. @default false */
  eventLoop?: boolean | undefined;
  clock?: Clock | undefined;
}

/** Plain JSON with finite numbers only. */
export interface SystemSnapshot {
  /** ISO 8601, UTC. */
  startedAt: string;
  uptimeSeconds: number;
  /** Requests ended. */
  requests: number;
  errors: number;
  /** errors / requests, 0 to 1; 0 before the first request. */
  errorRate: number;
  activeRequests: number;
  activeConnections: number;
  /** Null unless the option `eventLoop` is on. */
  eventLoopDelay: EventLoopDelayStatistics | null;
}

/** A request in progress; exactly one `end` counts. */
export interface SystemRequest {
  end(ok: boolean): void;
}

/** Counts the server's requests and connections. */
export class SystemMetrics implements Disposable {
  readonly registry: PrometheusRegistry;
  readonly #clock: Clock;
  readonly #startedMs: number;
  readonly #startedAt: string;
  readonly #families: readonly SourcedFamily[];
  readonly #eventLoop: EventLoopDelay | undefined;
  #requests = 0;
  #errors = 0;
  #activeRequests = 0;
  #activeConnections = 0;

  constructor({ registry = new MetricRegistry(), eventLoop = false, clock = systemClock }: SystemMetricsOptions = {}) {
    this.registry = checkRegistry(registry);
    this.#clock = checkClock(clock);
    this.#startedMs = clock.monotonicMs();
    this.#startedAt = new Date(clock.epochMs()).toISOString();
    this.#eventLoop = eventLoop ? new EventLoopDelay() : undefined;
    const delay = this.#eventLoop;
    this.#families = [
      value('mcp_system_requests_total', 'counter', 'Requests ended.', () => this.#requests),
      value('mcp_system_errors_total', 'counter', 'Requests that ended in an error.', () => this.#errors),
      value('mcp_system_active_requests', 'gauge', 'Requests in progress.', () => this.#activeRequests),
      value('mcp_system_active_connections', 'gauge', 'Connections that are open.', () => this.#activeConnections),
      value('mcp_system_uptime_seconds', 'gauge', 'Time since the server started.', () => this.#uptimeSeconds(), 'max'),
      ...(delay === undefined ? [] : [[EventLoopDelay.definition, delay] as const]),
    ];
    attachAll(registry, this.#families);
    delay?.start();
  }

  requestStarted(): SystemRequest {
    let running = true;
    this.#activeRequests++;
    return {
      end: (ok) => {
        if (!running) return;
        running = false;
        this.#activeRequests--;
        this.#requests++;
        if (!ok) this.#errors++;
      },
    };
  }

  /** Dispose the result when the connection closes; a second time changes nothing. */
  connectionOpened(): Disposable {
    let open = true;
    this.#activeConnections++;
    return {
      [Symbol.dispose]: () => {
        if (open) this.#activeConnections--;
        open = false;
      },
    };
  }

  snapshot(): SystemSnapshot {
    return {
      startedAt: this.#startedAt,
      uptimeSeconds: this.#uptimeSeconds(),
      requests: this.#requests,
      errors: this.#errors,
      errorRate: this.#requests === 0 ? 0 : this.#errors / this.#requests,
      activeRequests: this.#activeRequests,
      activeConnections: this.#activeConnections,
      eventLoopDelay: this.#eventLoop?.statistics() ?? null,
    };
  }

  /** Takes the series off the registry and stops watching the event loop. */
  [Symbol.dispose](): void {
    detachAll(this.registry, this.#families);
    this.#eventLoop?.[Symbol.dispose]();
  }

  #uptimeSeconds(): number {
    return Math.max(0, this.#clock.monotonicMs() - this.#startedMs) / 1000;
  }
}

function value(
  name: string,
  type: MetricType,
  help: string,
  read: () => number,
  aggregator: 'sum' | 'max' = 'sum',
): SourcedFamily {
  return [{ name, help, type, labelNames: [], aggregator }, { samples: () => [{ labels: {}, value: read() }] }];
}
