/**
 * @mcp/metrics: metrics that cannot hurt the server they measure.
 * Adding a name here makes it public API.
 */

export { ToolMetrics, type MetricsSnapshot, type ToolMetricsOptions } from './tool-metrics.ts';
export type { ToolCall } from './tool-call.ts';
export type { ToolStatistics } from './tool-statistics.ts';
export type { WindowStatistics } from './latency-window.ts';
export { outcomeOfError, type WrapOptions } from './wrap-tool.ts';

export {
  CALL_STATUSES,
  type CallOutcome,
  type CallStatus,
  ERROR_TYPES,
  type ErrorTypeLabel,
  MAX_DURATION_MS,
} from './outcome.ts';
export { DEFAULT_BUCKETS, DEFAULT_QUEUE_BUCKETS } from './buckets.ts';
export { type EvictionReason, UNKNOWN_TOOL } from './tool-table.ts';
export type { RejectedField } from './rejected-values.ts';

export { SystemMetrics, type SystemMetricsOptions, type SystemRequest, type SystemSnapshot } from './system-metrics.ts';
export type { EventLoopDelayStatistics } from './event-loop-delay.ts';

export { BreakerMetrics, type BreakerMetricsOptions, type ObservableBreaker } from './breaker-metrics.ts';

export { MetricRegistry, type PrometheusRegistry } from './registry.ts';
export type { ExpositionResult } from './exposition.ts';
export { type Clock, systemClock } from './clock.ts';
