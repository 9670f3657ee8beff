import { checkClock, type Clock, systemClock } from '../clock.ts';
import { EventLoopDelay, type EventLoopDelayStatistics } from './event-loop-delay.ts';
import { attachAll, detachAll, type MetricType, type SourcedFamily } from '../exposition/metric-family.ts';
import { checkRegistry, MetricRegistry, type PrometheusRegistry } from '../exposition/metric-registry.ts';

type SystemClock = Pick<Clock, 'monotonicMs' | 'epochMs'>;

export interface SystemMetricsOptions {
  /** Pass the registry of ToolMetrics to have both in one exposition. @default a new MetricRegistry */
  registry?: PrometheusRegistry | undefined;
  /** Also monitor the delay of the event loop: a native timer every 20 ms. @default false */
  eventLoop?: boolean | undefined;
  /** @default the system clock */
  clock?: SystemClock | undefined;
}

/** Plain JSON with finite numbers only. */
export interface SystemSnapshot {
  /** ISO 8601, UTC. */
  startedAt: string;
  uptimeSeconds: number;
  /** Finished requests. */
  requests: number;
  errors: number;
  /** errors / requests, 0 to 1; 0 before the first request. */
  errorRate: number;
  activeRequests: number;
  activeConnections: number;
  /** Null without the option `eventLoop`. */
  eventLoopDelay: EventLoopDelayStatistics | null;
}

/** A request in progress; only the first `end` counts. */
export interface SystemRequest {
  /** @param ok false for a request that failed by a fault of the server */
  end(ok: boolean): void;
}

/** Counts the requests and connections of a server. */
export class SystemMetrics implements Disposable {
  readonly registry: PrometheusRegistry;
  readonly #clock: SystemClock;
  readonly #startedMs: number;
  readonly #startedAt: string;
  readonly #families: readonly SourcedFamily[];
  readonly #eventLoop: EventLoopDelay | undefined;
  #requests = 0;
  #errors = 0;
  #activeRequests = 0;
  #activeConnections = 0;

  /**
   * @throws {TypeError} when `registry` is not a registry or `clock` is not a clock
   * @throws {Error} when the registry has another metric of the same name
   */
  constructor({ registry = new MetricRegistry(), eventLoop = false, clock = systemClock }: SystemMetricsOptions = {}) {
    this.registry = checkRegistry(registry);
    checkClock(clock, 'monotonicMs', 'epochMs');
    this.#clock = clock;
    this.#startedMs = clock.monotonicMs();
    this.#startedAt = new Date(clock.epochMs()).toISOString();
    this.#eventLoop = eventLoop ? new EventLoopDelay() : undefined;
    const delay = this.#eventLoop;
    this.#families = [
      value('mcp_system_requests_total', 'counter', 'Finished requests.', () => this.#requests),
      value('mcp_system_errors_total', 'counter', 'Requests that failed by a fault of the server.', () => this.#errors),
      value('mcp_system_active_requests', 'gauge', 'Requests in progress.', () => this.#activeRequests),
      value('mcp_system_active_connections', 'gauge', 'Open connections.', () => this.#activeConnections),
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

  /** Dispose of the result when the connection closes; a second time has no effect. */
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

  /** Removes the series from the registry and stops monitoring the event loop. */
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
