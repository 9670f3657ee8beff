/**
 * @mcp/metrics: metrics of tool calls, circuit breakers and the server. A name added here becomes public API.
 */

export { ToolMetrics, type MetricsSnapshot, type ToolMetricsOptions } from './tools/tool-metrics.ts';
export type { ToolCall } from './tools/tool-call.ts';
export type { ToolStatistics } from './tools/tool-statistics.ts';
export type { WindowStatistics } from './tools/latency-window.ts';
export { outcomeOfError, type WrapOptions } from './tools/wrap-tool.ts';

export { CALL_STATUSES, type CallOutcome, type CallStatus, MAX_DURATION_MS } from './tools/call-outcome.ts';
export { ERROR_TYPES, type ErrorTypeLabel } from './tools/error-types.ts';
export { DEFAULT_BUCKETS, DEFAULT_QUEUE_BUCKETS } from './tools/buckets.ts';
export { type EvictionReason, UNKNOWN_TOOL } from './tools/tool-table.ts';
export type { RejectedField } from './rejected-values.ts';

export {
  SystemMetrics,
  type SystemMetricsOptions,
  type SystemRequest,
  type SystemSnapshot,
} from './system/system-metrics.ts';
export type { EventLoopDelayStatistics } from './system/event-loop-delay.ts';

export { BreakerMetrics, type BreakerMetricsOptions, type ObservableBreaker } from './breakers/breaker-metrics.ts';

export { MetricRegistry, type PrometheusRegistry } from './exposition/metric-registry.ts';
export type { ExpositionResult } from './exposition/exposition.ts';
export { type Clock, systemClock } from './clock.ts';
